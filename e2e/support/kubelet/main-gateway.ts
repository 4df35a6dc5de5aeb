/**
 * Stands in the network of a cluster's node, and carries connections between it and the machine's network over unix
 * sockets, which belong to no network. Both ways the side that opens a connection says with a CONNECT line where to.
 *
 *   main-gateway INTO OUT [ADDRESS:PORT=TARGET:PORT ...]
 *
 * `INTO` is a socket made here: who connects to it is led to an address in this network. What connects to one of the
 * addresses is led to its target in the other network, through the socket `OUT`. It ends with who started it.
 */
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { connectThrough, join, serveConnect } from './connect-socket.ts';

const [into = '', out = '', ...listeners] = process.argv.slice(2);

const servers: Server[] = [serveConnect(into, (host, port) => connect(port, host))];

for (const listener of listeners) {
  const [here = '', target = ''] = listener.split('=');
  const [address = '', port = ''] = here.split(':');
  const server = createServer((socket) => {
    void connectThrough(out, target).then(
      (other) => join(socket, other),
      () => socket.destroy(),
    );
  });
  servers.push(server.listen(Number(port), address));
}

await Promise.all(servers.map((server) => once(server, 'listening')));
process.send?.('listening');
process.once('disconnect', () => process.exit());
