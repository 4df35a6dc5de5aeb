import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What a process writes to standard error that logs so many lines and then ends like this. */
function errorsOf(count: number, ending: string): Promise<string> {
  const script = `
    import { pino } from 'pino';
    import { createSystemLog } from ${JSON.stringify(join(import.meta.dirname, 'system-log.ts'))};
    const log = pino({}, createSystemLog(() => {}));
    for (let line = 0; line < ${count}; line += 1) log.info({ line }, 'said');
    ${ending}`;
  const args = ['--conditions=@leafway/source', '--input-type=module', '--eval', script];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: import.meta.dirname, maxBuffer: 2 ** 26 }, (_, __, stderr) =>
      resolve(stderr),
    );
  });
}

async function linesOf(count: number, ending: string): Promise<number[]> {
  const stderr = await errorsOf(count, ending);
  const said = stderr.split('\n').filter((text) => text.startsWith('{'));
  return said.map((text) => (JSON.parse(text) as { line: number }).line);
}

test('a process that ends by itself has written all its lines, in their order', async () => {
  expect(await linesOf(5_000, '')).toEqual(Array.from({ length: 5_000 }, (_, line) => line));
});

test.each([
  ['because it wants to', 'process.exit(0);'],
  ['because something was thrown', "throw new Error('unexpected');"],
  ['because something failed later', "setImmediate(() => { throw new Error('unexpected'); });"],
])('a process that ends %s has written its last lines', async (_, ending) => {
  expect(await linesOf(20, ending)).toEqual(Array.from({ length: 20 }, (__, line) => line));
  expect(await linesOf(1_000, ending)).toContain(999);
});
