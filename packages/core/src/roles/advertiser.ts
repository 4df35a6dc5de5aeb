import { type Address, safeParseAddress } from '../address/address.ts';
import { isPrivate } from '../address/private-ranges.ts';
import { contains } from '../address/relations.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';

/** The one of two leaves whose address makes it the better server. */
export interface Advertiser {
  readonly leaf: LeafFacts;
  readonly reason: string;
}

/**
 * Which of two leaves alone has an address that the other can dial, or alone a public one; `undefined` when their
 * addresses do not tell. A name counts as public: nobody knows what it stands for.
 */
export function advertiserOf(a: LeafFacts, b: LeafFacts): Advertiser | undefined {
  if (a.address === undefined && b.address === undefined) return undefined;
  if (a.address === undefined || b.address === undefined) {
    const [leaf, client] = a.address === undefined ? [b, a] : [a, b];
    return isDiallable(leaf, client) ? { leaf, reason: `only ${leaf.id} has an address to announce` } : undefined;
  }
  const [aIsDiallable, bIsDiallable] = [isDiallable(a, b), isDiallable(b, a)];
  if (aIsDiallable !== bIsDiallable) {
    const [leaf, other] = aIsDiallable ? [a, b] : [b, a];
    return { leaf, reason: `${leaf.id} cannot dial ${other.address}, which has another meaning there` };
  }
  if (isPublic(a) === isPublic(b)) return undefined;
  const leaf = isPublic(a) ? a : b;
  return { leaf, reason: `only ${leaf.id} announces a public address` };
}

const addressOf = ({ address = '' }: LeafFacts): Address | undefined => {
  const parsed = safeParseAddress(address);
  return parsed.ok ? parsed.value : undefined;
};

/** An address in a range that means something else on the client leads to its own pods and Services. */
function isDiallable(server: LeafFacts, client: LeafFacts): boolean {
  const address = addressOf(server);
  const taken = [...client.pod, ...client.external, ...client.inUse.map(({ cidr }) => cidr)];
  return address === undefined || !taken.some((range) => contains(range, address));
}

function isPublic(leaf: LeafFacts): boolean {
  const address = addressOf(leaf);
  return address === undefined || !isPrivate(address);
}
