#!/usr/bin/env node
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { createKubeApi, loadConnection, systemClock, systemRandom } from '@leafway/reconciler';
import { createPrometheusMetrics } from '@leafway/reconciler/prometheus';
import { pino } from 'pino';
import { readFlags } from './flags.ts';
import { createIssuer } from './server/authority/issuer.ts';
import { runAuthority } from './server/authority/run-authority.ts';
import { createLogMeasure } from './server/measures.ts';
import { followFiles } from './server/tls/follow-files.ts';
import { createSystemDelayMonitor } from './system-event-loop.ts';
import { systemFolders } from './system-files.ts';
import { createSystemLog } from './system-log.ts';
import { createWebhook } from './webhook.ts';

const { flags, command } = readFlags(process.argv);
const metrics = createPrometheusMetrics();
const log = pino({ level: flags.logLevel }, createSystemLog(createLogMeasure(metrics)));
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('SIGINT', () => stop.abort());
/** Later than `stop`: while requests are still served, the world is still followed. */
const end = new AbortController();

const ports = { clock: systemClock, random: systemRandom, log, metrics };
const { api, webhook } = await open().catch(refuse);
const { server, certificate } = webhook;

const following = [webhook.run(end.signal), ...(await followCertificates())];
if (flags.healthListen !== undefined) {
  const health = createServer(webhook.health).listen(flags.healthListen.port, flags.healthListen.host);
  await once(health, 'listening').catch(refuse);
  health.unref();
}
server.listen(flags.listen.port, flags.listen.host);
await once(server, 'listening').catch(refuse);
log.info({ address: server.address() }, 'webhook listens');

if (!stop.signal.aborted) await once(stop.signal, 'abort');
await webhook.stop(flags.shutdownGrace * 1_000);
end.abort();
await Promise.all(following);
await api.close();

/** What must be right before anything is served; its errors are for the person who set the flags. */
async function open() {
  const { kubeconfig, clientCa, clientName: commonName, tlsName: names, clusterId: clusterID, liqoNamespace } = flags;
  const clients = clientCa === undefined ? undefined : { authorities: await readFile(clientCa, 'utf8'), commonName };
  const api = createKubeApi(loadConnection({ kubeconfig }), { userAgent: 'leafway-webhook' });
  const delays = createSystemDelayMonitor();
  return { api, webhook: createWebhook({ ...ports, api, delays }, { names, clients, clusterID, liqoNamespace }) };
}

/** Offers the first certificate, and later ones as they come; resolves with what goes on until the end. */
async function followCertificates(): Promise<Promise<void>[]> {
  const { tlsCert, tlsKey, clientCa, tlsName: names = [], certificateSecret: secret, webhookConfiguration } = flags;
  const hasFiles = tlsCert !== undefined && tlsKey !== undefined;
  const look = async (): Promise<void> => {
    if (hasFiles) await offerFiles(tlsCert, tlsKey);
    if (clientCa !== undefined) webhook.offerClientAuthorities(await readFile(clientCa, 'utf8'));
  };
  await look();
  const firstProblem = hasFiles ? certificate.rejection() : undefined;
  if (firstProblem !== undefined) command.error(`error: --tls-cert ${tlsCert}, --tls-key ${tlsKey}: ${firstProblem}`);
  const files = [tlsCert, tlsKey, clientCa].filter((file) => file !== undefined);
  followFiles(
    files.map((file) => dirname(file)),
    look,
    stop.signal,
    { ...ports, folders: systemFolders },
  );
  if (hasFiles) return [];
  const options = { secret, names, configuration: webhookConfiguration };
  return [runAuthority({ ...ports, api, issuer: createIssuer(), offer: certificate.offer }, options, end.signal)];
}

async function offerFiles(certFile: string, keyFile: string): Promise<void> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    certificate.offer({ cert, key });
  } catch (err) {
    certificate.miss(messageOf(err));
  }
}

function refuse(err: unknown): never {
  return command.error(`error: ${messageOf(err)}`);
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
