/**
 * Proves the way that pods' packets take: answers the probes of linked peers and probes them, in the node's network
 * namespace, until its input ends. It is told of the peers on its standard input and tells what it found on its
 * standard output, in the lines of `lines.ts`. Arguments: the own probe address, the own
 * cluster ID.
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { heartbeat, heartbeatMs } from '../child/heartbeat.ts';
import { addresseeOf, decodeDatagram, encodeDatagram, probePort, smallPacketBytes, tokenBytes } from './datagram.ts';
import { decodeOrder, encodeReport, type ProbeLink, type ProbeOrder } from './lines.ts';
import {
  nextTickMs,
  type ProbeEvent,
  type ProbeSession,
  probeSizes,
  restartLarge,
  startSession,
  stepSession,
} from './session.ts';

interface Peer {
  link: ProbeLink;
  session: ProbeSession | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** How long the socket of a probe waits for its answer. */
const answerMs = 4_000;

const [ownAddress = '', ownClusterID = ''] = process.argv.slice(2);
const peers = new Map<string, Peer>();

function obey(order: ProbeOrder): void {
  const id = 'forget' in order ? order.forget : order.remoteClusterID;
  const before = peers.get(id);
  clearTimeout(before?.timer);
  peers.delete(id);
  if ('forget' in order) return;
  const peer = { link: order, session: nextSession(before, order), timer: undefined };
  peers.set(id, peer);
  if (peer.session !== undefined) step(peer, { kind: 'tick' });
}

function nextSession(before: Peer | undefined, link: ProbeLink): ProbeSession | undefined {
  if (!link.isConnected) return undefined;
  const nowMs = performance.now();
  if (before?.session === undefined || before.link.address !== link.address) return startSession(nowMs);
  return before.link.mtu === link.mtu ? before.session : restartLarge(before.session, nowMs);
}

function step(peer: Peer, event: ProbeEvent): void {
  if (peer.session === undefined || peers.get(peer.link.remoteClusterID) !== peer) return;
  const token = randomBytes(tokenBytes).toString('hex');
  const { session, send, report } = stepSession(peer.session, event, { nowMs: performance.now(), token });
  peer.session = session;
  if (send) ask(peer, token);
  const { remoteClusterID, mtu } = peer.link;
  if (report !== undefined) process.stdout.write(encodeReport({ remoteClusterID, ...report, mtu }));
  clearTimeout(peer.timer);
  peer.timer = setTimeout(() => step(peer, { kind: 'tick' }), Math.max(0, nextTickMs(session) - performance.now()));
}

/**
 * Each time from another port, so that no gateway knows the flow yet: a packet of a known one is translated as it
 * always was, whatever the rules are by now.
 */
function ask(peer: Peer, token: string): void {
  const { address, mtu, remoteClusterID } = peer.link;
  const addressee = addresseeOf(remoteClusterID);
  const packetBytes = { small: smallPacketBytes, large: mtu };
  const socket = createSocket('udp4', (data, from) => {
    const datagram = decodeDatagram(data);
    const size = probeSizes.find((each) => packetBytes[each] === datagram?.packetBytes);
    if (datagram?.kind !== 'answer' || size === undefined || from.address !== address) return;
    // A large one of another size than is asked for by now says nothing.
    if (datagram.addressee === addressee && peer.link.mtu === mtu)
      step(peer, { kind: 'answer', size, token: datagram.token });
  });
  socket.on('error', () => {});
  socket.bind({ address: ownAddress, port: 0 }, () => {
    for (const size of probeSizes)
      post(
        socket,
        encodeDatagram({ kind: 'question', token, addressee, packetBytes: packetBytes[size] }),
        probePort,
        address,
      );
  });
  setTimeout(() => socket.close(), answerMs);
}

/** A packet that cannot be sent is a lost one: the session notices by itself. */
function post(socket: Socket, data: Buffer, port: number, address: string): void {
  socket.send(data, port, address, () => {});
}

const ownName = addresseeOf(ownClusterID);
/** Answers nobody but peers, and those at the name that this cluster has for them. */
const responder = createSocket('udp4', (data, from) => {
  const datagram = decodeDatagram(data);
  if (datagram?.kind !== 'question' || datagram.addressee !== ownName) return;
  if (![...peers.values()].some(({ link }) => link.address === from.address)) return;
  post(responder, encodeDatagram({ ...datagram, kind: 'answer' }), from.port, from.address);
});
responder.once('error', (error) => {
  process.stderr.write(`answering probes at ${ownAddress}: ${error.message}\n`);
  process.exit(1);
});
responder.bind({ address: ownAddress, port: probePort }, () => {
  setInterval(() => process.stdout.write(heartbeat), heartbeatMs);
  createInterface({ input: process.stdin })
    .on('line', (line) => obey(decodeOrder(line)))
    .once('close', () => process.exit());
});
