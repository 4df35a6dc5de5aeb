import { expect, test } from 'vitest';
import { ensureGoProgram } from './go-program.ts';
import { aToolWorkshop, cache } from './testing/tool-workshop.ts';

const program = { name: 'peer', sources: '/sources/bench', package: './peer' };
const progress = { note: () => {}, begin: () => ({ advance: () => {}, end: () => {} }) };

function ensure(machine = aToolWorkshop().machine): Promise<string> {
  return ensureGoProgram(program, { machine, progress, release: '1.0.0' });
}

test('a program is built from its own folder into the cache, where it is found again', async () => {
  const workshop = aToolWorkshop();
  workshop.installGo();
  expect(await ensure(workshop.machine)).toBe(`${cache}/programs/peer`);
  expect(workshop.machine.log.at(-1)).toMatch(/^go build .* -o \S+\/programs\/peer \.\/peer$/);
});

test('a compiler that fails says why', async () => {
  const workshop = aToolWorkshop();
  workshop.installGo();
  workshop.machine.commands.set('go', ([verb]) =>
    verb === 'version' ? { stdout: 'go version go1.26.8 linux/amd64' } : { code: 1, stderr: 'peer/main.go:3: oh no' },
  );
  await expect(ensure(workshop.machine)).rejects.toThrow('peer could not be built: `go build ./peer` failed:');
  await expect(ensure(workshop.machine)).rejects.toMatchObject({ code: 'LAB_COMMAND' });
});

test('without any Go the reason is that none can be had', async () => {
  await expect(ensure()).rejects.toThrow('peer could not be built: no such host');
});
