import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConnection } from '@leafway/reconciler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOf } from './system-connection.ts';
import { aKubeconfig } from './testing/kubeconfigs.ts';

const server = 'https://central.example:6443';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leafway-connection-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(...changes: Parameters<typeof aKubeconfig>[1][]): Promise<string> {
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, aKubeconfig(server, ...changes));
  return kubeconfig;
}

describe('the connection of the user', () => {
  it('is what the full loader reads, when the kubeconfig has everything in itself', async () => {
    const kubeconfig = await write();
    const connection = connectionOf({ kubeconfig }, {});
    expect(connection).toMatchObject({ server, token: 'secret-token' });
    expect(connection).toEqual(loadConnection({ kubeconfig }));
    expect(connectionOf({}, { KUBECONFIG: kubeconfig })).toEqual(connection);
    expect(connectionOf({ kubeconfig, context: 'main' }, {})).toEqual(connection);
  });

  it('may need a program, since it is the user who wrote it', async () => {
    const kubeconfig = await write({ user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' } } });
    expect(connectionOf({ kubeconfig }, {}).token).toBeTypeOf('function');
  });

  it('is refused by name when there is none', () => {
    expect(() => connectionOf({ kubeconfig: join(folder, 'nowhere') }, {})).toThrow(/nowhere/);
  });
});
