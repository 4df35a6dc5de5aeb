/** A failure whose message alone tells a person what happened and what to do: printed without a stack. */
export class Failure extends Error {
  /** @override */
  name = 'Failure';
}

/**
 * Runs a program's main function and sets the exit code to what it returns.
 * A `Failure` becomes one sentence and exit code 1; anything else keeps its stack.
 *
 * @param {() => Promise<number>} main
 */
export async function exitWith(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`leafway: ${error.message}`);
    process.exitCode = 1;
  }
}
