import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { connectAsAdmin, createCertificateAuthority, type RunningLab } from '@leafway/lab';
import { resources } from '@leafway/liqo';
import type { KubeApi } from '@leafway/reconciler';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocksExecutedBy } from '../support/documentation/executed-blocks.ts';
import { answering, connectTo, isReady, setWebhookPort, startAPIServer } from '../support/lab/replicated-centre.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { freePort, startTwin } from '../support/lab/twins.ts';
import { deleteShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';

/** The files with which an API server shows a client certificate to the webhook at that address, as the README has them. */
function admissionConfiguration(directory: string, address: string): string {
  const blocks = blocksExecutedBy('e2e/scenarios/client-certificate.test.ts');
  const paths = ['admission.yaml', 'kubeconfig.yaml'].map((name) => join(directory, name));
  expect(blocks).toHaveLength(paths.length);
  for (const [index, path] of paths.entries()) {
    const text = blocks[index]?.text
      .replaceAll('/etc/kubernetes/admission', directory)
      .replaceAll('leafway-webhook.leafway-system.svc', address);
    writeFileSync(path, text ?? '', { mode: 0o600 });
  }
  return paths[0] ?? '';
}

describe('a webhook that wants to know who asks', () => {
  let lab: RunningLab;
  let known: KubeApi;
  let unknown: KubeApi;
  const undo: (() => Promise<unknown>)[] = [];
  const lastly = (step: () => Promise<unknown>): void => void undo.unshift(step);

  beforeAll(async () => {
    lab = await sharedLab();
    const directory = mkdtempSync(join(tmpdir(), 'leafway-client-certificate-'));
    lastly(() => rm(directory, { recursive: true }));
    const authority = await createCertificateAuthority('API servers', new Date());
    const client = await authority.issueClient('kube-apiserver');
    for (const [name, pem] of Object.entries({
      'ca.crt': authority.cert,
      'client.crt': client.cert,
      'client.key': client.key,
    }))
      writeFileSync(join(directory, name), pem, { mode: 0o600 });

    const port = await freePort();
    const webhook = await startTwin(lab, 'webhook', {
      name: 'webhook',
      directory,
      flags: { '--listen': `127.0.0.1:${port}` },
      besides: [`--client-ca=${join(directory, 'ca.crt')}`, '--client-name=kube-apiserver'],
    });
    lastly(webhook.stop);
    await answering(() => isReady(port));

    const server = `https://127.0.0.1:${await freePort()}`;
    const configuration = admissionConfiguration(directory, `127.0.0.1:${port}`);
    const flag = `--admission-control-config-file=${configuration}`;
    const apiServer = await startAPIServer(lab, directory, server, flag);
    lastly(apiServer.stop);
    const [plain, certified] = [await connectAsAdmin(lab, lab.centre), connectTo(lab, server)];
    [unknown, known] = [plain, certified];
    lastly(() => Promise.all([plain.close(), certified.close()]));
    await answering(() => known.get(resources.namespaces, { name: 'default' }));
    await setWebhookPort(unknown, port);
    lastly(() => setWebhookPort(unknown, lab.plan.ports.webhook));
  });
  afterAll(async () => {
    for (const step of undo) await step();
  });

  /** What an API server answers to a new shortcut, for which nothing is done. */
  async function outcome(api: KubeApi, clusters: readonly [string, string]): Promise<string> {
    const shortcut = JSON.parse(shortcutManifest('tried', clusters, { paused: true })) as VirtualNodeShortcut;
    try {
      await api.create(kinds.shortcuts, shortcut);
    } catch (error) {
      return String(error);
    }
    await deleteShortcut(lab, 'tried');
    return 'accepted';
  }

  it('judges for an API server that shows its certificate, and refuses one that shows none, for which nothing is stored', async () => {
    // API servers hear of a changed configuration by watch.
    await vi.waitUntil(async () => (await outcome(unknown, ['rome', 'milan'])).includes('failed calling webhook'), {
      timeout: 30_000,
    });
    await vi.waitUntil(async () => (await outcome(known, ['rome', 'milan'])) === 'accepted', { timeout: 30_000 });
    expect(await outcome(known, ['rome', 'nowhere'])).toContain('there is no LeafCluster "nowhere"');
    expect(await outcome(unknown, ['rome', 'milan'])).toMatch(/validate\.leafway\.dev.*no certificate/);
  });
});
