import { controllerPart, webhookPart } from '../parts.ts';
import { createCertificateAuthority } from '../servers/certificates.ts';
import { writePair } from '../servers/credentials.ts';
import { waitForAnswer } from '../servers/request.ts';
import { registerLeaf, registerWebhook, waitUntilLeafReady } from '../setup/registration.ts';
import { type BringUp, serverTimeoutMs, waiting } from './bring-up-work.ts';
import { processKubeconfig, type RunningCluster, writeProcessKubeconfig } from './start-cluster.ts';

/** Starts webhook and controller, registers the leaves, and waits until the controller knows them. */
export async function startCentralParts(
  work: BringUp,
  centre: RunningCluster,
  leaves: readonly RunningCluster[],
): Promise<void> {
  const { plan, layout, start } = work;
  const ca = await writeWebhookCertificate(work, centre);
  await writeProcessKubeconfig(work, centre, 'webhook');
  await writeProcessKubeconfig(work, centre, 'controller');
  start(webhookPart(plan, layout));
  start(controllerPart(plan, layout));
  await Promise.all([
    waitUntilReady(work, 'the webhook', `https://127.0.0.1:${plan.ports.webhook}/readyz`, ca),
    waitUntilReady(work, 'the controller', `http://127.0.0.1:${plan.ports.controllerHealth}/readyz`),
  ]);
  await registerWebhook(centre.admin, { port: plan.ports.webhook, ca }, plan.charts);
  await Promise.all(
    leaves.map(async (leaf) => {
      await registerLeaf(centre.admin, leaf.plan.id, await processKubeconfig(work, leaf, 'centre'));
      await waitUntilLeafReady(centre.admin, leaf.plan.id);
    }),
  );
}

/** The webhook's certificate is of an authority of its own, which the API server is told to trust for it alone. */
async function writeWebhookCertificate({ layout, clock }: BringUp, centre: RunningCluster): Promise<string> {
  const authority = await createCertificateAuthority('Leafway lab webhook', clock.now());
  const pair = await authority.issueServer('leafway-webhook', ['127.0.0.1']);
  await writePair(layout.cluster(centre.plan.id).pki, 'webhook', pair);
  return authority.cert;
}

function waitUntilReady(work: BringUp, what: string, url: string, ca?: string): Promise<void> {
  const access = ca === undefined ? undefined : { ca };
  return waitForAnswer({ url, access, signal: work.signal, what, timeoutMs: serverTimeoutMs }, waiting(work));
}
