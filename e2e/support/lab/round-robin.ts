import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** One address before several servers, as a Service is: each connection goes to the next one. */
export interface RoundRobin {
  readonly port: number;
  /** How many connections each server got so far, in their order. */
  readonly connections: readonly number[];
  close(): void;
}

/** Passes on connections to ports of this machine. */
export async function startRoundRobin(ports: readonly number[]): Promise<RoundRobin> {
  const connections = ports.map(() => 0);
  const open = new Set<Socket>();
  let next = 0;
  const server = createServer((incoming) => {
    const index = next;
    next = (next + 1) % ports.length;
    connections[index] = (connections[index] ?? 0) + 1;
    const outgoing = connect(ports[index] ?? 0, '127.0.0.1');
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.on('error', () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
