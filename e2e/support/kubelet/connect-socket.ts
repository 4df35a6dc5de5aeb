import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Answers `CONNECT host:port` on a unix socket, as an HTTP proxy does: with a connection that `open` makes, or with
 * 502 when it cannot.
 */
export function serveConnect(path: string, open: (host: string, port: number) => Socket | Promise<Socket>): Server {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void answer(socket, open).catch(() => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  return server.listen(path);
}

async function answer(socket: Socket, open: (host: string, port: number) => Socket | Promise<Socket>): Promise<void> {
  const [, host = '', port = ''] = /^CONNECT (.+):(\d+) /.exec(await readHead(socket)) ?? [];
  const other = await open(host.replace(/^\[(.*)\]$/, '$1'), Number(port));
  if (other.connecting) await once(other, 'connect');
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  join(socket, other);
}

/** Opens a connection to `host:port` through such a socket. Rejects when it cannot be opened. */
export async function connectThrough(path: string, target: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  const head = await readHead(socket);
  if (head.startsWith('HTTP/1.1 200 ')) return socket;
  socket.destroy();
  throw new Error(`there is no way to ${target}`);
}

/** Reads up to the blank line; what came after it stays in the socket. */
function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const fail = (): void => reject(new Error('the connection ended before it was opened'));
    const read = (): void => {
      for (let chunk: Buffer | null = socket.read(); chunk !== null; chunk = socket.read()) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) continue;
        socket.off('readable', read).off('close', fail).off('error', fail);
        const rest = head.subarray(end + 4);
        if (rest.length > 0) socket.unshift(rest);
        resolve(head.toString('latin1', 0, end));
        return;
      }
    };
    socket.on('readable', read).once('close', fail).once('error', fail);
  });
}

/** Lets two connections speak with each other until one ends. */
export function join(a: Socket, b: Socket): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => other.destroy());
    // What was received last still goes out.
    one.on('close', () => other.destroySoon());
  }
  a.pipe(b);
  b.pipe(a);
}
