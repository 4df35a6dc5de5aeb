import { type Address, addressOf } from '../address/address.ts';
import { type Cidr, cidrOf } from '../address/cidr.ts';
import { hostMask } from '../address/family.ts';
import { contains } from '../address/relations.ts';
import type { RangeMapping, RemoteNames } from './range-mapping.ts';

/** What of a packet is rewritten on its way. */
export interface Packet {
  /** The sender: one address, or the range in which it is when nobody says which address. */
  readonly source: Cidr;
  readonly destination: Address;
}

/** One rewriting: which field, and by which pair of ranges or addresses. */
export interface Rewrite {
  readonly field: 'source' | 'destination';
  readonly from: string;
  readonly to: string;
}

/** A packet after a rewriting; the rewriting is absent where nothing changes. */
export interface Rewritten {
  readonly packet: Packet;
  readonly rewrite?: Rewrite;
}

/** On the way out: the remote's name becomes its real address. `undefined` when this is no name of that remote. */
export function toRealDestination(packet: Packet, names: RemoteNames): Rewritten | undefined {
  const mapping = rangesOf(names).find(({ name }) => contains(name, packet.destination));
  if (mapping === undefined) return undefined;
  const { name, real } = mapping;
  const destination = addressOf(real.family, real.address | hostOf(packet.destination.value, real));
  return rewritten(packet, { ...packet, destination }, 'destination', name.text, real.text);
}

/** On the way in: the sender's real address becomes its name. Unchanged when no range has it. */
export function toNamedSource(packet: Packet, names: RemoteNames): Rewritten | undefined {
  const mapping = rangesOf(names).find(({ real }) => contains(real, packet.source));
  if (mapping === undefined) return undefined;
  const { name, real } = mapping;
  const source = cidrOf(name.family, name.address | hostOf(packet.source.address, name), packet.source.length);
  return rewritten(packet, { ...packet, source }, 'source', real.text, name.text);
}

/** The packet with another destination. */
export function withDestination(packet: Packet, destination: Address): Rewritten {
  return rewritten(packet, { ...packet, destination }, 'destination', packet.destination.text, destination.text);
}

/** The packet with the first address of a range as its source. */
export function withFirstSource(packet: Packet, range: Cidr): Rewritten {
  const source = cidrOf(range.family, range.address, range.family === 4 ? 32 : 128);
  return rewritten(packet, { ...packet, source }, 'source', printSource(packet.source), printSource(source));
}

/** One address without its prefix length, a range with it. */
export function printSource({ family, address, length, text }: Cidr): string {
  return length === (family === 4 ? 32 : 128) ? addressOf(family, address).text : text;
}

function rewritten(before: Packet, packet: Packet, field: Rewrite['field'], from: string, to: string): Rewritten {
  const isSame = before.source.text === packet.source.text && before.destination.text === packet.destination.text;
  return isSame ? { packet } : { packet, rewrite: { field, from, to } };
}

const hostOf = (value: bigint, { family, length }: Cidr): bigint => value & hostMask(family, length);

/** Pod ranges are tried before external ones, as Liqo does. */
function rangesOf(names: RemoteNames): RangeMapping[] {
  return [...names.pod, ...names.external];
}
