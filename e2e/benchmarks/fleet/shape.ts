/** How large a fleet is, and how its links lie: everything else about it follows from these numbers. */
export interface FleetSize {
  readonly leaves: number;
  readonly shortcuts: number;
}

/** One link of the fleet: the numbers of its ends. */
export interface Link {
  readonly a: number;
  readonly b: number;
  /** The how-maniest neighbour b is of a; also the place of the link's names on both leaves. */
  readonly step: number;
}

/** The ID of a leaf by its number. */
export const leafID = (leaf: number): string => `leaf-${String(leaf).padStart(4, '0')}`;

/** The name of a shortcut by its number. */
export const shortcutName = (number: number): string => `link-${String(number).padStart(6, '0')}`;

/** A UID that is always the same for the same kind of thing and number. */
export function uidOf(kind: number, number: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return `${hex(kind, 8)}-5eed-4000-8000-${hex(number, 12)}`;
}

/**
 * Links are laid in rings: first every leaf to its next neighbour, then to the one after that. So each leaf has the
 * same number of links, and no pair comes twice while there are fewer rings than half the leaves.
 */
export function linkOf(number: number, { leaves }: FleetSize): Link {
  const a = number % leaves;
  const step = 1 + Math.floor(number / leaves);
  if (2 * step >= leaves) throw new RangeError(`${leaves} leaves have no link ${number}`);
  return { a, b: (a + step) % leaves, step };
}

/** The first link beyond those of the fleet that begins a ring. */
export const firstFreeLink = ({ leaves, shortcuts }: FleetSize): number => Math.ceil(shortcuts / leaves) * leaves;

/** The rings of links of which the fleet has none. */
export function freeRings(size: FleetSize): readonly (readonly number[])[] {
  const rings = Math.ceil(size.leaves / 2) - 1 - Math.ceil(size.shortcuts / size.leaves);
  return Array.from({ length: rings }, (_, ring) =>
    Array.from({ length: size.leaves }, (_, leaf) => firstFreeLink(size) + ring * size.leaves + leaf),
  );
}

/** The links of a leaf, each with its place among the names that the leaf has given. */
export function linksOfLeaf(leaf: number, size: FleetSize): { readonly peer: number; readonly place: number }[] {
  const links: { peer: number; place: number }[] = [];
  for (let step = 1; (step - 1) * size.leaves < size.shortcuts; step += 1) {
    const before = (leaf - step + size.leaves) % size.leaves;
    const first = (step - 1) * size.leaves;
    if (first + leaf < size.shortcuts) links.push({ peer: (leaf + step) % size.leaves, place: 2 * (step - 1) });
    if (first + before < size.shortcuts) links.push({ peer: before, place: 2 * (step - 1) + 1 });
  }
  return links;
}

/** What a leaf calls the pods and the external range of the peer at a place, as an IPAM would: the next free of 10/8. */
export function namesAt(place: number): { readonly pod: string; readonly external: string } {
  const [pod, external] = [freeBlocks[2 * place], freeBlocks[2 * place + 1]];
  if (pod === undefined || external === undefined) throw new RangeError(`a leaf has no room for ${place + 1} peers`);
  return { pod, external };
}

/** The /16 of 10/8 and 172.16/12 that a leaf with the usual ranges does not use itself. */
const freeBlocks: readonly string[] = [
  ...Array.from({ length: 256 }, (_, second) => second)
    .filter((second) => ![70, 80, 244].includes(second) && (second < 96 || second > 111))
    .map((second) => `10.${second}.0.0/16`),
  ...Array.from({ length: 16 }, (_, second) => `172.${16 + second}.0.0/16`),
];
