import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type TestLab } from '../support/lab/leafway.ts';
import { readLeafKubeconfig, withNewToken, writeLeafKubeconfig } from '../support/objects/leaf-kubeconfig.ts';
import { deleteShortcut, makeShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf, waitForLeaf } from '../support/objects/wait.ts';

/** Kubeconfigs with a secret in each field that one can be in; none of them is accepted. */
const bad: Readonly<Record<string, (kubeconfig: string) => string>> = {
  exec: (text) =>
    text.replace(/token: .*/, 'exec: { command: planted-in-command, args: [planted-in-args], apiVersion: v1 }'),
  provider: (text) =>
    text.replace(/token: .*/, 'auth-provider: { name: oidc, config: { refresh-token: planted-in-refresh-token } }'),
  password: (text) => text.replace(/token: .*/, 'username: me\n    password: planted-in-password'),
  path: (text) => text.replace(/token: .*/, 'tokenFile: /planted-in-path'),
  proxy: (text) => text.replace(/server: (.*)/, 'server: $1\n    proxy-url: http://me:planted-in-proxy@127.0.0.1:1'),
  server: (text) => text.replace('https://', 'https://me:planted-in-server@'),
  token: (text) => text.replace(/token: .*/, 'token: planted-in-token'),
  broken: (text) => text.replace(/token: .*/, 'token: "planted-in-broken-yaml'),
  key: (text) =>
    text.replace(/token: .*/, 'client-certificate-data: cGxhbnRlZA==\n    client-key-data: cGxhbnRlZC1pbi1rZXk='),
};
/** What all of them begin with; the last is in base64. */
const planted = ['planted-in-', Buffer.from('planted-in-').toString('base64').slice(0, 14)];

/** Every place where somebody without a right to read Secrets may look. */
async function readSinks(lab: RunningLab): Promise<Map<string, string>> {
  const sinks = new Map<string, string>();
  for (const cluster of lab.clusters) {
    const { stdout } = await mustKubectl(lab, cluster, ['api-resources', '--verbs=list', '--output=name']);
    const kinds = stdout.split('\n').filter((name) => name !== '' && name !== 'secrets');
    const all = await kubectl(lab, cluster, [
      'get',
      kinds.join(','),
      '--all-namespaces',
      '--output=json',
      '--show-managed-fields',
    ]);
    sinks.set(`objects of ${cluster}`, all.stdout);
    sinks.set(`audit log of ${cluster}`, readFileSync(lab.layout.cluster(cluster).auditLog, 'utf8'));
  }
  for (const name of readdirSync(lab.layout.logs)) {
    sinks.set(`log ${name}`, readFileSync(join(lab.layout.logs, name), 'utf8'));
  }
  const metrics = await fetch(`http://127.0.0.1:${lab.plan.ports.controllerHealth}/metrics`, {
    headers: { connection: 'close' },
  });
  sinks.set('metrics of the controller', await metrics.text());
  return sinks;
}

/** What of a Secret nobody else may see: its text, and the part of it that says who somebody is. */
async function secretsOf(lab: RunningLab, cluster: string): Promise<string[]> {
  const { stdout } = await mustKubectl(lab, cluster, ['get', 'secrets', '--all-namespaces', '--output=json']);
  const { items } = JSON.parse(stdout) as { items: { data?: Record<string, string> }[] };
  return items.flatMap(({ data = {} }) =>
    Object.entries(data).flatMap(([key, value]) => {
      const text = Buffer.from(value, 'base64').toString();
      if (key === 'privateKey' || key === 'tls.key') return [value, text.trim()];
      return [...text.matchAll(/(?:token|client-key-data): (\S+)/g)].map(([, secret = '']) => secret);
    }),
  );
}

describe('no secret is anywhere but in its Secret', () => {
  let test: TestLab;
  const secrets = new Set<string>(planted);
  const remember = async (): Promise<void> => {
    for (const cluster of test.lab.clusters)
      for (const secret of await secretsOf(test.lab, cluster)) secrets.add(secret);
  };
  beforeAll(async () => {
    test = await startLab(['central', 'rome', 'milan']);
  });
  afterAll(() => test?.stop());

  it('while a link is made, used and removed, and credentials are renewed', async () => {
    const { lab } = test;
    await makeShortcut(lab, 'rome-milan', ['rome', 'milan']);
    await remember();
    await writeLeafKubeconfig(lab, 'rome', await withNewToken(lab, 'rome', await readLeafKubeconfig(lab, 'rome')));
    await remember();
    await deleteShortcut(lab, 'rome-milan');
    expect(secrets.size).toBeGreaterThan(planted.length + 5);
  });

  it.each(Object.keys(bad))('when a kubeconfig is refused for its %s', async (name) => {
    const { lab } = test;
    const good = await readLeafKubeconfig(lab, 'milan');
    const secret = { name: `bad-${name}`, namespace: 'leafway-system' };
    const kubeconfig = Buffer.from(bad[name]?.(good) ?? '').toString('base64');
    const objects = [
      { apiVersion: 'v1', kind: 'Secret', metadata: secret, data: { kubeconfig } },
      {
        apiVersion: 'leafway.dev/v1alpha1',
        kind: 'LeafCluster',
        metadata: { name: `bad-${name}` },
        spec: { kubeconfigSecretRef: secret },
      },
    ];
    await mustKubectl(
      lab,
      lab.centre,
      ['apply', '--filename=-'],
      objects.map((object) => JSON.stringify(object)).join('\n---\n'),
    );
    await waitForLeaf(lab, `bad-${name}`, 'refused', (leaf) => conditionOf(leaf, 'Reachable')?.status === 'False');
  });

  it('of all that everybody can read', async () => {
    const sinks = await readSinks(test.lab);
    const found = [...sinks].flatMap(([sink, text]) =>
      [...secrets].flatMap((secret, index) =>
        text.includes(secret) ? [`${sink}: secret ${index} (${secret.slice(0, 12)}…)`] : [],
      ),
    );
    expect(found).toEqual([]);
    expect([...sinks.keys()].length).toBeGreaterThan(10);
    // What is looked through is not empty, and would show what is in it.
    expect(sinks.get('objects of central')).toContain('bad-exec');
  });
});
