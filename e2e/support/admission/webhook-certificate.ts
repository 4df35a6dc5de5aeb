import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CertifiedKey, type RunningLab, startPart, stopPart } from '@leafway/lab';
import type { RawApi } from '../objects/raw-api.ts';

/** Where the configurations are that tell API servers of the webhook. */
const configurationPaths = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'].map(
  (plural) => `/apis/admissionregistration.k8s.io/v1/${plural}/leafway`,
);

/** Whom the API server trusts as the webhook, in base64 as it stands in the configurations. */
export async function readCABundle(api: RawApi): Promise<string> {
  const { body } = await api.send({ method: 'GET', path: configurationPaths[0] ?? '' });
  return (body as { webhooks: [{ clientConfig: { caBundle: string } }] }).webhooks[0].clientConfig.caBundle;
}

/** Changes that; empty: whom the machine trusts. */
export async function writeCABundle(api: RawApi, caBundle: string): Promise<void> {
  const body = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }];
  for (const path of configurationPaths) {
    const answer = await api.send({ method: 'PATCH', path, contentType: 'application/json-patch+json', body });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.message}`);
  }
}

function filesOf(lab: RunningLab): { readonly cert: string; readonly key: string } {
  const { pki } = lab.layout.cluster(lab.centre);
  return { cert: join(pki, 'webhook.crt'), key: join(pki, 'webhook.key') };
}

export async function readPair(lab: RunningLab): Promise<CertifiedKey> {
  const { cert, key } = filesOf(lab);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

/** Puts another pair in the place of the webhook's; it looks there every few seconds. */
export async function writePair(lab: RunningLab, pair: CertifiedKey): Promise<void> {
  const { cert, key } = filesOf(lab);
  await writeFile(key, pair.key);
  await writeFile(cert, pair.cert);
}

/** Starts the webhook anew, with the pair that is there now. */
export async function restartWebhook(lab: RunningLab): Promise<void> {
  await stopPart(lab, 'webhook');
  await startPart(lab, 'webhook');
}
