/** What one fetch showed. */
export interface FetchFacts {
  readonly path: readonly string[];
  readonly tunnels: number;
  /** Median of many small requests on one connection. */
  readonly rttMs: number;
  /** Payload and headers that the centre forwarded between its gateways during the fetch. */
  readonly bytesThroughCentre: number;
  /** The address that the client dialled. */
  readonly dialled: string;
  /** The client's address as the server saw it. */
  readonly seenAs: string;
}

/** Everything that the demo found out; also what `--json` prints. */
export interface DemoFacts {
  readonly throughCentre: FetchFacts;
  readonly direct: FetchFacts;
  /** From the answer of `kubectl apply` to the condition `Ready`. */
  readonly readyMs: number;
  /** The webhook's warnings on `kubectl apply`. */
  readonly plan: readonly string[];
  /** kubectl's error for the second shortcut of the pair. */
  readonly refused: string;
  readonly objects: { readonly created: number; readonly removed: number; readonly othersTouched: number };
}

/** Colours for a terminal, plain text for everything else. */
export interface Paint {
  bold(text: string): string;
  green(text: string): string;
  dim(text: string): string;
}

export function createPaint(colour: boolean): Paint {
  const code = (open: number, close: number) => (text: string) =>
    colour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: code(1, 22), green: code(32, 39), dim: code(2, 22) };
}

/** The three clusters and their tunnels; the double lines are those that the traffic takes. */
export function drawFleet(
  names: { centre: string; from: string; to: string },
  path: readonly string[],
  paint: Paint,
): string[] {
  const direct = path.length === 2;
  const arm = Math.max(6, names.from.length, names.to.length) + 2;
  const [left, middle, right, line] = direct ? ['┌', '┴', '┐', '─'] : ['╔', '╩', '╗', '═'];
  const used = direct ? paint.dim : paint.green;
  // The outer letters of the leaves stand below the corners, so that the drawing is as wide as its arms.
  const between = 2 * arm + 3 - names.from.length - names.to.length;
  const link = direct ? ` ${paint.green('═'.repeat(between - 2))} ` : ' '.repeat(between);
  return [
    `${' '.repeat(arm + 1 - (names.centre.length >> 1))}${names.centre}`,
    used(`${left}${line.repeat(arm)}${middle}${line.repeat(arm)}${right}`),
    `${names.from}${link}${names.to}`,
  ];
}

/** The two paths side by side. */
export function compareTable(
  { throughCentre, direct }: Pick<DemoFacts, 'throughCentre' | 'direct'>,
  paint: Paint,
): string[] {
  const rows: [string, string, string][] = [
    ['', 'through the centre', 'direct'],
    ['path', throughCentre.path.join(' → '), direct.path.join(' → ')],
    ['tunnels crossed', String(throughCentre.tunnels), String(direct.tunnels)],
    ['round trip (median)', milliseconds(throughCentre.rttMs), milliseconds(direct.rttMs)],
    ['bytes the centre forwarded', bytes(throughCentre.bytesThroughCentre), bytes(direct.bytesThroughCentre)],
    ['address dialled', throughCentre.dialled, direct.dialled],
    ['client seen by the server as', throughCentre.seenAs, direct.seenAs],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map(([name, before, after], index) => {
    const line = `${name.padEnd(widths[0] ?? 0)}   ${before.padEnd(widths[1] ?? 0)}   ${after}`;
    return index === 0 ? paint.bold(line) : line;
  });
}

export const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;
const bytes = (value: number): string => value.toLocaleString('en');
