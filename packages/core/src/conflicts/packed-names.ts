import { parseCidr } from '../address/cidr.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import type { HeldName } from '../plan/ground.ts';

/** Names of ranges in one text: an index of a large fleet has hundreds of thousands, and looks at few of them. */
export type PackedNames = string;

export function packNames(names: readonly HeldName[]): PackedNames {
  return names.map(({ name, real }) => `${name.text}=${real.text}`).join(' ');
}

/** The names in a text of {@link packNames}. */
export function unpackNames(packed: PackedNames | undefined): HeldName[] {
  if (packed === undefined || packed === '') return [];
  return packed.split(' ').map((entry) => {
    const [name = '', real = ''] = entry.split('=');
    return { name: parseCidr(name), real: parseCidr(real) };
  });
}

/** Whether every range of a cluster has a name among these. */
export function holdsAll(packed: PackedNames | undefined, facts: LeafFacts | undefined): boolean {
  if (packed === undefined || facts === undefined) return false;
  const padded = `${packed} `;
  return [...facts.pod, ...facts.external].every(({ text }) => padded.includes(`=${text} `));
}
