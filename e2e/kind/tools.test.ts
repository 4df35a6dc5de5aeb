import { expect, it } from 'vitest';
import { whatIsMissing } from './tools.ts';

const withOnly = (...there: string[]) => ({
  exec: async ([program = '']: readonly string[]) => ({
    code: there.includes(program) ? 0 : 127,
    stdout: '',
    stderr: '',
  }),
});

it('says in one sentence what this machine lacks, and where it comes from', async () => {
  expect(await whatIsMissing(withOnly('kubectl', 'helm'))).toBe(
    'e2e:kind is not run: this machine lacks a running Docker (https://docs.docker.com/engine/install), kind ' +
      '(https://kind.sigs.k8s.io), and liqoctl (https://docs.liqo.io).',
  );
});

it('has nothing to say where all is there', async () => {
  expect(await whatIsMissing(withOnly('docker', 'kind', 'kubectl', 'helm', 'liqoctl'))).toBeUndefined();
});
