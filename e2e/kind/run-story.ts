import { fillIn, type Step, type Values } from './step.ts';

/** How a command ended. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a story is run with. */
export interface StoryPorts {
  /** Runs a command to its end; a program that is not there ends with code 127. An aborted signal stops it. */
  readonly exec: (command: readonly string[], signal?: AbortSignal) => Promise<Ending>;
  readonly write: (file: string, content: string) => Promise<void>;
  readonly say: (line: string) => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds since some moment; only differences mean anything. */
  readonly now: () => number;
}

export interface StoryOptions {
  readonly signal: AbortSignal;
  /** Run and shown when a step fails, before anything is taken down. */
  readonly diagnostics: readonly (readonly string[])[];
}

/** Between two tries of a step that may need some. */
const pauseMs = 2_000;

/**
 * Runs the steps in order until one fails, then takes back what was made, the last first, in any case: also after a
 * failure, also when it is interrupted. Rejects with what failed, which names the step.
 */
export async function runStory(steps: readonly Step[], ports: StoryPorts, options: StoryOptions): Promise<void> {
  let undo: { readonly what: string; readonly command: string[] }[] = [];
  let values: Values = {};
  try {
    for (const [index, step] of steps.entries()) {
      options.signal.throwIfAborted();
      ports.say(`${index + 1}/${steps.length} ${step.what}`);
      values = { ...values, ...step.derive?.(values) };
      if (step.undo !== undefined) undo = [{ what: step.what, command: fillIn(step.undo, values) }, ...undo];
      const stdout = await perform(step, fillIn(step.command, values), ports, options.signal);
      undo = undo.filter(({ what }) => what !== step.takesBack);
      if (step.saves !== undefined) values = { ...values, [step.saves]: stdout.trim() };
      if (step.file !== undefined) await ports.write(step.file, stdout);
    }
  } catch (error) {
    if (!options.signal.aborted) await diagnose(options.diagnostics, ports);
    throw error;
  } finally {
    for (const { what, command } of undo) {
      const { code, stderr } = await ports.exec(command);
      if (code !== 0) ports.say(`not taken back (${what}): ${command.join(' ')}: ${stderr.trim()}`);
    }
  }
}

async function perform(
  step: Step,
  command: readonly string[],
  ports: StoryPorts,
  signal: AbortSignal,
): Promise<string> {
  const untilMs = ports.now() + (step.forSeconds ?? 0) * 1_000;
  for (;;) {
    const ending = await ports.exec(command, signal);
    const problem = problemOf(step, ending);
    if (problem === undefined) return ending.stdout;
    signal.throwIfAborted();
    if (ports.now() >= untilMs) throw new Error(`${step.what} failed: ${command.join(' ')}\n${problem}`);
    await ports.sleep(pauseMs, signal);
  }
}

function problemOf({ expects }: Step, { code, stdout, stderr }: Ending): string | undefined {
  if (code !== 0) return `it ended with code ${code}: ${stderr.trim() || stdout.trim()}`;
  if (expects === undefined || new RegExp(expects).test(stdout.trim())) return undefined;
  return `it printed ${JSON.stringify(stdout.trim())} instead of ${expects}`;
}

async function diagnose(commands: StoryOptions['diagnostics'], { exec, say }: StoryPorts): Promise<void> {
  for (const command of commands) {
    const { stdout, stderr } = await exec(command);
    say(`$ ${command.join(' ')}\n${stdout}${stderr}`);
  }
}
