import { createSocket, type Socket } from 'node:dgram';

/** The port of the echo service (RFC 862). */
export const echoPort = 7;

/** Sends every datagram back to where it came from: for probes that must see each packet that is lost. */
export function createEchoServer(): Socket {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    // Whoever asked may be gone again.
    socket.send(message, port, address, () => undefined);
  });
  return socket;
}
