/** Kubernetes asks for warnings of at most 120 characters; an API server may cut longer ones. */
export const warningLength = 120;

/** More lines than this are not read. */
const mostLines = 10;

/** Most clusters have one or two ranges of a kind; who has a dozen finds all their names in the status. */
const mostListLines = 2;

/** A text in at most 16 characters: both ends of a long one tell most. */
export function shorten(text: string): string {
  return text.length <= 16 ? text : `${text.slice(0, 7)}..${text.slice(-7)}`;
}

/** The line as it is where 120 characters hold it, else with those IDs, or other long words in it, shortened. */
export function fitLine(line: string, words: readonly string[]): string {
  return line.length <= warningLength ? line : shortenWords(line, words);
}

/** The text with each of those words shortened. */
export function shortenWords(text: string, words: readonly string[]): string {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((shorter, word) => shorter.replaceAll(word, shorten(word)), text);
}

/** A part of a list, and how it is written where that is too long for a line. */
export interface ListItem {
  readonly full: string;
  readonly bare: string;
}

/**
 * A list behind a head, on as many lines as it needs, at most two, each with the same head. Where one item alone is too
 * long for its line the words in the head are shortened, then the items give way to their bare forms. What finds no room
 * is counted at the end.
 */
export function listLines(head: string, items: readonly ListItem[], words: readonly string[] = []): string[] {
  const room = items.length === 1 ? warningLength : warningLength - ' (+99 more)'.length;
  const fits = (start: string, texts: readonly string[]): boolean =>
    texts.every((text) => start.length + text.length <= room);
  const full = items.map((item) => item.full);
  if (fits(head, full)) return pack(head, full, room);
  const shortHead = shortenWords(head, words);
  const bare = items.map((item) => item.bare);
  return pack(shortHead, fits(shortHead, full) ? full : bare, room);
}

function pack(head: string, items: readonly string[], room: number): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const longer = `${lines.at(-1)}, ${item}`;
    if (lines.length > 0 && longer.length <= room) lines[lines.length - 1] = longer;
    else if (lines.length < mostListLines) lines.push(head + item);
    else return [...lines.slice(0, -1), `${lines.at(-1)} (+${items.length - index} more)`];
  }
  return lines;
}

/** The first ten lines, none twice, where the most important stand first; the last one says how many were left out. */
export function limitLines(lines: readonly string[]): string[] {
  const different = [...new Set(lines)];
  if (different.length <= mostLines) return different;
  const shown = different.slice(0, mostLines - 1);
  return [...shown, `${different.length - shown.length} less important lines are left out`];
}
