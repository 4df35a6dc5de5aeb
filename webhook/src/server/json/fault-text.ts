import type { JsonFault, JsonPath } from './faults.ts';

/** Keys are the sender's: they are shown, but no more of them than names a place. */
const shownCharacters = 80;

/** A place in an object as Kubernetes writes it: `metadata.annotations["a/b"]`. */
export function fieldOf(path: JsonPath): string {
  return path.map(step).join('').replace(/^\./, '');
}

/** A fault with its place, for one line of text. */
export function faultText({ path, message }: JsonFault): string {
  return `${fieldOf(path)}: ${message}`;
}

function step(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  return /^[A-Za-z_]\w{0,63}$/.test(part) ? `.${part}` : `[${JSON.stringify(part.slice(0, shownCharacters))}]`;
}
