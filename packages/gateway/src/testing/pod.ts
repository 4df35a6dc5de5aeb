/**
 * What runs in a pod of the network test, without dependencies:
 * `serve` answers every request with the caller's address and as many bytes as it was sent;
 * `fetch <address> <bytes>` sends that many, and prints the address that the server saw and how many came back;
 * `echo` sends UDP packets back; `probe <address>` asks it every 20 ms and prints, when its input ends, how many were
 * asked and how many answered;
 * `ask <address> <port> <hex>` sends one UDP packet and prints how many bytes came back within a second.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';

const httpPort = 80;
const echoPort = 7000;
const [action, address = '', count = '0', hex = ''] = process.argv.slice(2);

function serve(): void {
  const server = createServer((request, response) => {
    response.setHeader('x-source', request.socket.remoteAddress ?? '');
    request.pipe(response);
  });
  server.listen(httpPort, '0.0.0.0', () => console.log('ready'));
}

async function fetchBytes(): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const response = await fetch(`http://${address}:${httpPort}/`, {
    method: 'POST',
    body: Buffer.alloc(Number(count), 1),
    signal,
  });
  const body = await response.bytes();
  console.log(JSON.stringify({ source: response.headers.get('x-source'), bytes: body.length }));
}

function echo(): void {
  const socket = createSocket('udp4', (message, from) => socket.send(message, from.port, from.address));
  socket.bind(echoPort, '0.0.0.0', () => console.log('ready'));
}

function probe(): void {
  const socket = createSocket('udp4');
  const answered = new Set<string>();
  let asked = 0;
  socket.on('message', (message) => answered.add(message.toString()));
  const timer = setInterval(() => {
    asked += 1;
    socket.send(String(asked), echoPort, address);
  }, 20);
  socket.once('message', () => console.log('ready'));
  process.stdin.resume().once('end', () => {
    clearInterval(timer);
    setTimeout(() => {
      console.log(JSON.stringify({ asked, answered: answered.size }));
      process.exit();
    }, 300);
  });
}

function ask(): void {
  const socket = createSocket('udp4');
  let bytes = 0;
  socket.on('message', (message) => {
    bytes += message.length;
  });
  socket.send(Buffer.from(hex, 'hex'), Number(count), address);
  setTimeout(() => {
    console.log(bytes);
    process.exit();
  }, 1_000);
}

if (action === 'serve') serve();
else if (action === 'fetch') await fetchBytes();
else if (action === 'echo') echo();
else if (action === 'ask') ask();
else probe();
