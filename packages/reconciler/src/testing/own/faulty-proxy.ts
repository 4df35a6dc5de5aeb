import type { Socket } from 'node:net';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A TCP connection through which the tests talk to a real server, and which they can break. */
export interface FaultyProxy {
  readonly port: number;
  /** Every connection breaks. New ones are fine. */
  cut(): void;
  /** All connections break when so many more bytes of answers have come: in the middle of a line. */
  cutAfter(bytes: number): void;
  /** Every connection breaks, and so does each new one, until `heal`. */
  refuse(): void;
  /** Connections stay open and nothing comes through them, until `heal`. */
  hang(): void;
  /** One byte at a time, until `heal`. */
  trickle(): void;
  heal(): void;
  stop(): Promise<void>;
}

type State = 'good' | 'refusing' | 'hanging' | 'trickling';

/** Starts a proxy on a free loopback port, in front of another one. */
export async function startFaultyProxy(target: number): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  let state: State = 'good';
  let healed = Promise.withResolvers<void>();
  let bytesLeft = Number.POSITIVE_INFINITY;

  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  /** Carries the answers, which is where the faults are. */
  const carry = async (from: Socket, to: Socket): Promise<void> => {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        if (state === 'hanging') await healed.promise;
        const size = state === 'trickling' ? 1 : Math.min(chunk.length - at, Math.max(bytesLeft, 0));
        bytesLeft -= size;
        to.write(chunk.subarray(at, at + size));
        at += size;
        if (bytesLeft <= 0) {
          bytesLeft = Number.POSITIVE_INFINITY;
          cut();
          return;
        }
        if (state === 'trickling') await new Promise(setImmediate);
      }
    }
    to.end();
  };
  const server = createServer((client) => {
    if (state === 'refusing') {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    carry(upstream, client).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const enter = (next: State): void => {
    state = next;
    healed.resolve();
    healed = Promise.withResolvers();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    cutAfter: (bytes) => {
      bytesLeft = bytes;
    },
    refuse: () => {
      enter('refusing');
      cut();
    },
    hang: () => enter('hanging'),
    trickle: () => enter('trickling'),
    heal: () => enter('good'),
    stop: async () => {
      enter('good');
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
