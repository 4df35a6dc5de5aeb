import { numberedLines, type SourceFile, type Violation, withoutComments } from './source-files.ts';

/** Each effect that is injected as a port, as it looks in code. */
const effects: readonly { readonly pattern: RegExp; readonly port: string }[] = [
  { pattern: /\bDate\.now\b|\bnew Date\(\)/, port: 'the clock' },
  { pattern: /\bperformance\.now\b/, port: 'the clock' },
  { pattern: /\bMath\.random\b|\brandomUUID\b/, port: 'the source of randomness' },
  // `socket.setTimeout` is an option of a socket.
  { pattern: /(?<!\.)\b(?:globalThis\.)?set(?:Timeout|Interval)\b/, port: 'the timer' },
  { pattern: /\bprocess\.(?:env|exit|argv|kill)\b/, port: 'the process' },
  { pattern: /['"](?:node:)?child_process['"]/, port: 'the means to start processes' },
];

/** The files that are adapters by their place: they are the ports' other end. */
const adapters: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  { pattern: /\/main(-[a-z-]+)?\.ts$/, reason: 'the program itself: it builds the adapters' },
  { pattern: /\/system(-[a-z-]+)?\.ts$/, reason: 'an adapter to this machine' },
  { pattern: /\/exec\.ts$/, reason: 'the one place of its package that starts processes' },
  { pattern: /^packages\/lab\/src\/frame\/frame\.ts$/, reason: 'starts and ends the outer frame of a lab' },
  { pattern: /^packages\/lab\/src\/network\/run\.ts$/, reason: 'runs the network commands of a lab' },
  { pattern: /^packages\/lab\/src\/supervisor\/start-process\.ts$/, reason: 'starts the parts of a lab' },
  { pattern: /\/testing\//, reason: 'fakes and fixtures for tests' },
  { pattern: /\.test\.ts$/, reason: 'a test' },
  { pattern: /^e2e\//, reason: 'end-to-end tests drive real processes' },
  { pattern: /^scripts\//, reason: 'programs of the workspace' },
  { pattern: /^packages\/cli\/bin\//, reason: 'the launcher of the command line' },
];

/** Finds time, randomness, timers and processes in files that have to get them as ports. */
export function effectViolations(file: SourceFile): Violation[] {
  if (adapters.some(({ pattern }) => pattern.test(file.path))) return [];
  return numberedLines(withoutComments(file.text)).flatMap(({ line, number }) =>
    effects.flatMap(({ pattern, port }) => {
      const found = pattern.exec(line)?.[0];
      return found === undefined
        ? []
        : [{ path: file.path, line: number, message: `${found} is used here, but ${port} comes from a port` }];
    }),
  );
}
