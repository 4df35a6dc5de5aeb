import { expect, test } from 'vitest';
import { ensureGoModule } from './go-module.ts';
import { aToolWorkshop } from './testing/tool-workshop.ts';

const module = { path: 'example.com/kinds', sources: '/sources/kinds' };
const progress = { note: () => {}, begin: () => ({ advance: () => {}, end: () => {} }) };

function ensure(answer: { code?: number; stdout?: string; stderr?: string }): Promise<string> {
  const workshop = aToolWorkshop();
  workshop.installGo();
  workshop.machine.commands.set('go', ([verb]) =>
    verb === 'version' ? { stdout: 'go version go1.26.8 linux/amd64' } : answer,
  );
  return ensureGoModule(module, { machine: workshop.machine, progress, release: '1.0.0' });
}

test('the files of a module are where Go says', async () => {
  expect(await ensure({ stdout: '{"Path":"example.com/kinds","Dir":"/modules/kinds@v1.0.0"}' })).toBe(
    '/modules/kinds@v1.0.0',
  );
});

test('a module that cannot be had says why', async () => {
  const told = {
    code: 1,
    stdout: '{"Path":"example.com/kinds","Error":"checksum mismatch"}',
    stderr: 'SECURITY ERROR',
  };
  await expect(ensure(told)).rejects.toThrow('the Go module example.com/kinds could not be fetched: checksum mismatch');
  await expect(ensure({ code: 1, stderr: 'go: no such host\n' })).rejects.toMatchObject({
    code: 'LAB_COMMAND',
    message: 'the Go module example.com/kinds could not be fetched: go: no such host',
  });
});
