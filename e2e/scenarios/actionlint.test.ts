import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareGoTool } from '../support/go-tools.ts';
import { repository } from '../support/packages/published-packages.ts';
import { runToEnd } from '../support/run-to-end.ts';

test('actionlint has nothing to say about the workflows', async () => {
  const folder = join(repository, '.github/workflows');
  const files = readdirSync(folder).map((file) => join(folder, file));
  expect(await runToEnd(await prepareGoTool('actionlint'), files, { cwd: repository })).toEqual({
    stdout: '',
    stderr: '',
  });
});
