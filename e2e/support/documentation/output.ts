/** One command of a `console` block, and what the page says that it prints. */
export interface Dialogue {
  readonly command: string;
  readonly output: readonly string[];
}

/** The commands of a `console` block: a line after `$ ` is one, also when backslashes carry it on. */
export function readDialogues(text: string): Dialogue[] {
  const dialogues: { command: string; output: string[] }[] = [];
  for (const line of text.split('\n')) {
    const last = dialogues.at(-1);
    if (line.startsWith('$ ')) dialogues.push({ command: line.slice(2), output: [] });
    else if (last === undefined) throw new Error(`a console block begins with "$ " and a command, not with: ${line}`);
    else if (last.output.length === 0 && last.command.endsWith('\\')) last.command += `\n${line}`;
    else last.output.push(line);
  }
  return dialogues;
}

/** What differs from one run to the next, and what stands for it. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/\b(\d+[dhm])*\d+(\.\d+)?(μs|ms|s|m|h|d)\b/g, '<time>'],
  [/\b\d+(\.\d+)? m?s\b/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?\b/g, '<date>'],
  [/\b172\.30\.\d+\.\d+(:\d+)?\b/g, '<address>'],
  [/\b127\.0\.0\.1:\d+\b/g, '<server>'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uid>'],
  [/[ \t]+/g, ' '],
];

/** A line without what is another in the next run; columns are as wide as their content, so widths go too. */
function steady(line: string): string {
  return volatile.reduce((text, [pattern, stand]) => text.replaceAll(pattern, stand), line).trim();
}

/**
 * Whether a program printed what a page says. In the page `…` stands for anything in a line, and alone in a line for any
 * lines, none included.
 */
export function matchesOutput(expected: readonly string[], actual: readonly string[]): boolean {
  const lines = (text: readonly string[]): string[] => text.map(steady).filter((line) => line !== '');
  const pattern = lines(expected)
    .map((line) => (line === '…' ? '(?:.*\n)*' : `${line.split('…').map(literally).join('.*')}\n`))
    .join('');
  return new RegExp(`^${pattern}$`).test(
    lines(actual)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
