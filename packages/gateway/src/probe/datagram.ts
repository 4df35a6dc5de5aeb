import { createHash } from 'node:crypto';

/**
 * What two agents send each other to probe the way between their nodes: UDP, and the answer is the question sent back
 * with only its kind changed, so that it is exactly as large.
 *
 * | bytes | content |
 * |---|---|
 * | 0–6 | `probe/1` |
 * | 7 | `?` for a question, `!` for an answer |
 * | 8–19 | token of the asker |
 * | 20–31 | who is asked: the first bytes of the SHA-256 of its cluster ID |
 * | 32–35 | size of the IP packet, big-endian |
 * | 36– | zeros |
 */
export interface ProbeDatagram {
  readonly kind: 'question' | 'answer';
  /** `tokenBytes` in hexadecimal digits. */
  readonly token: string;
  /**
   * `addresseeOf` the cluster that is asked, and nobody else may answer: where the translation of addresses is broken,
   * packets find their way to strangers, and back to where they came from.
   */
  readonly addressee: string;
  /** Of the IP packet that carries it, in bytes. */
  readonly packetBytes: number;
}

/** In the node's namespace, at the probe address. */
export const probePort = 12_346;
/** The smallest packet that holds a probe; small probes have this size. */
export const smallPacketBytes = 64;
export const tokenBytes = 12;

const magic = 'probe/1';
const marks = { question: '?', answer: '!' } as const;
const offsets = { token: 8, addressee: 20, size: 32 } as const;
/** IPv4 without options, and UDP. */
const headerBytes = 28;

/** How a cluster is called in probes. */
export function addresseeOf(clusterID: string): string {
  return createHash('sha256')
    .update(clusterID)
    .digest('hex')
    .slice(0, 2 * (offsets.size - offsets.addressee));
}

/** Throws RangeError when the packet is too small for a probe. */
export function encodeDatagram({ kind, token, addressee, packetBytes }: ProbeDatagram): Buffer {
  if (packetBytes < smallPacketBytes) throw new RangeError(`a probe needs ${smallPacketBytes} bytes`);
  const data = Buffer.alloc(packetBytes - headerBytes);
  data.write(`${magic}${marks[kind]}`, 'latin1');
  data.write(token, offsets.token, 'hex');
  data.write(addressee, offsets.addressee, 'hex');
  data.writeUInt32BE(packetBytes, offsets.size);
  return data;
}

/** `undefined` for anything that is not a whole, well-formed probe. */
export function decodeDatagram(data: Buffer): ProbeDatagram | undefined {
  const packetBytes = data.length + headerBytes;
  if (packetBytes < smallPacketBytes || data.readUInt32BE(offsets.size) !== packetBytes) return undefined;
  const head = data.toString('latin1', 0, offsets.token);
  const kind = (['question', 'answer'] as const).find((candidate) => head === `${magic}${marks[candidate]}`);
  const token = data.toString('hex', offsets.token, offsets.addressee);
  const addressee = data.toString('hex', offsets.addressee, offsets.size);
  return kind && { kind, token, addressee, packetBytes };
}
