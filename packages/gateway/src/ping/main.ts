/**
 * Answers the pings of the other end of one tunnel, and from the first line on its standard input on pings it too, in
 * the network namespace it was started in, until its input ends. Each line means: the tunnel may carry packets now.
 * Arguments: own inner address, the peer's, ID of the remote cluster.
 */
import { createSocket } from 'node:dgram';
import { decodePing, encodePing, pingPort } from '@leafway/liqo';
import { heartbeat, heartbeatMs } from '../child/heartbeat.ts';
import { encodeReport } from './report.ts';
import { nextTickMs, type PingEvent, type PingSession, startSession, stepSession } from './session.ts';

const [ownAddress = '', peerAddress = '', clusterID = ''] = process.argv.slice(2);
const socket = createSocket('udp4');
let session: PingSession | undefined;
let timer: NodeJS.Timeout | undefined;

function begin(): void {
  session = startSession(performance.now());
  step({ kind: 'tick' });
}

function step(event: PingEvent): void {
  if (session === undefined) return;
  const nowMs = performance.now();
  const stamp = formatStamp(performance.timeOrigin + nowMs);
  const { session: next, send, report } = stepSession(session, event, { nowMs, stamp });
  session = next;
  if (send) post({ clusterID, msgType: 'PING', timeStamp: stamp }, peerAddress, pingPort);
  if (report !== undefined) process.stdout.write(encodeReport(report));
  clearTimeout(timer);
  timer = setTimeout(() => step({ kind: 'tick' }), Math.max(0, nextTickMs(next) - performance.now()));
}

/** A packet that cannot be sent is a lost one: the session notices by itself. */
function post(message: Parameters<typeof encodePing>[0], address: string, port: number): void {
  socket.send(encodePing(message), port, address, () => {});
}

/** RFC 3339 with nanoseconds; the clock has microseconds, which tell any two PINGs apart. */
function formatStamp(epochMs: number): string {
  const wholeMs = Math.floor(epochMs);
  const nanoseconds = Math.floor((epochMs - wholeMs) * 1e6);
  return new Date(wholeMs).toISOString().replace('Z', `${String(nanoseconds).padStart(6, '0')}Z`);
}

socket.on('message', (data, from) => {
  const message = decodePing(data);
  if (message?.msgType === 'PING') {
    post({ ...message, msgType: 'PONG' }, from.address, from.port);
    step({ kind: 'ping' });
  } else if (message?.clusterID === clusterID) {
    step({ kind: 'pong', stamp: message.timeStamp });
  }
});
socket.once('error', (error) => {
  process.stderr.write(`pinging ${clusterID}: ${error.message}\n`);
  process.exit(1);
});
socket.bind(pingPort, ownAddress, () => {
  setInterval(() => process.stdout.write(heartbeat), heartbeatMs);
  process.stdin.on('data', begin).once('end', () => process.exit());
});
