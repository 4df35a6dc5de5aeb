import { isSameCidr } from '../address/relations.ts';
import type { CompleteShortcutSpec } from '../api/index.ts';
import type { RangeMapping } from '../remap/range-mapping.ts';
import type { Plan, SidePlan } from './plan.ts';

/** Kubernetes asks for warnings of at most 120 characters; an API server may cut longer ones. */
export const warningLength = 120;

/** The largest MTU that fits a path of 1500 bytes: WireGuard over IPv4 adds 60. */
const safeMTU = 1440;

/** What a user reads when a shortcut is accepted: the roles and why, what each side calls the other's ranges, risks. */
export function planWarnings(plan: Omit<Plan, 'warnings'>): string[] {
  return [...roleLines(plan), ...plan.sides.flatMap(nameLines), ...mtuLines(plan)];
}

/** A link that is there already is refused for now, whatever the shortcut wishes. */
export function existingWarnings({ existing }: CompleteShortcutSpec): string[] {
  return existing === 'Refuse'
    ? []
    : [`spec.existing: ${existing} is not carried out yet: a link that is there already is refused`];
}

function roleLines({ sides, server, roleReason }: Omit<Plan, 'warnings'>): string[] {
  const client = sides.find(({ cluster }) => cluster !== server)?.cluster ?? '';
  const line = `${server} runs the gateway server, ${client} the client: ${roleReason}`;
  return [line.length <= warningLength ? line : shortenIDs(line, [server, client])];
}

function nameLines(side: SidePlan): string[] {
  return [...rangeLines(side, 'pods', side.names.pod), ...rangeLines(side, 'external range', side.names.external)];
}

function rangeLines(side: SidePlan, what: string, ranges: readonly RangeMapping[]): string[] {
  const verb = side.certainty === 'will be' ? 'will be' : what === 'pods' ? 'are expected at' : 'is expected at';
  const head = `seen from ${side.cluster}, ${side.peer}'s ${what} ${verb} `;
  const shortHead = shortenIDs(head, [side.cluster, side.peer]);
  const full = ranges.map(
    ({ real, name }) => `${name.text} (${isSameCidr(real, name) ? 'unchanged' : `own ${real.text}`})`,
  );
  const bare = ranges.map(({ name }) => name.text);
  const fits = (start: string, items: readonly string[]): boolean =>
    items.every((item) => start.length + item.length <= warningLength);
  if (fits(head, full)) return pack(head, full);
  return pack(shortHead, fits(shortHead, full) ? full : bare);
}

/** As many items on a line as fit, each line with the same beginning. */
function pack(head: string, items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const longer = `${lines.at(-1)}, ${item}`;
    if (lines.length > 0 && longer.length <= warningLength) lines[lines.length - 1] = longer;
    else lines.push(head + item);
  }
  return lines;
}

function mtuLines({ mtu }: Pick<Plan, 'mtu'>): string[] {
  if (mtu <= safeMTU) return [];
  return [
    `MTU ${mtu} is above ${safeMTU}: large packets are lost where the network between the clusters carries only 1500 bytes`,
  ];
}

/** Two IDs of 63 characters do not fit on a line; both ends of an ID tell most. */
function shortenIDs(line: string, ids: readonly string[]): string {
  const longestFirst = ids.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((text, id) => text.replaceAll(id, shorten(id)), line);
}

/** An ID in at most 16 characters. */
export function shorten(id: string): string {
  return id.length <= 16 ? id : `${id.slice(0, 7)}..${id.slice(-7)}`;
}
