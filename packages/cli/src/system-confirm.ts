import { createInterface } from 'node:readline/promises';

/** Asks the person at this terminal a question; only `yes` is a yes. `undefined` where there is no terminal. */
export async function confirmHere(question: string, signal: AbortSignal): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(`${question} [yes/no] `, { signal })).trim() === 'yes';
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
