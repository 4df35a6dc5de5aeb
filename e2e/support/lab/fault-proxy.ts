import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import type { RunningLab } from '@leafway/lab';

/** A request that changes something. */
export interface ProxiedWrite {
  readonly cluster: string;
  /** Who uses that proxy, where it is one client's own. */
  readonly client?: string | undefined;
  /** As in the audit log, so that one line names it: `POST /apis/networking.liqo.io/v1beta1/…/configurations`. */
  readonly request: string;
}

/** What happens to the writes that come by; both answers are "let it pass" when true, else the connection is cut. */
export interface FaultPlan {
  /** Before the API server sees it. */
  beforeWrite(write: ProxiedWrite): boolean;
  /** The API server has carried it out, and nobody has been told yet. */
  afterWrite(write: ProxiedWrite): boolean;
}

export interface FaultProxy {
  /** To be used instead of the API server's own address, with the same certificates and tokens. */
  readonly server: string;
  close(): void;
}

/**
 * Stands before one API server of a lab, with that server's own certificate, and passes everything on as it comes,
 * watches included. Leases and Events are no writes in its eyes: they say nothing about any object.
 */
export async function startFaultProxy(
  lab: RunningLab,
  cluster: string,
  plan: FaultPlan,
  client?: string,
): Promise<FaultProxy> {
  const { pki } = lab.layout.cluster(cluster);
  const read = (file: string): string => readFileSync(join(pki, file), 'utf8');
  const port = lab.plan.clusters.find(({ id }) => id === cluster)?.ports.apiServer;
  const agent = new Agent({ keepAlive: true, ca: read('ca.crt') });
  const proxy = createServer({ cert: read('apiserver.crt'), key: read('apiserver.key') }, (incoming, answer) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const write = isWrite(method, url)
      ? { cluster, client, request: `${method} ${url.replace(/\?.*$/, '')}` }
      : undefined;
    if (write !== undefined && !plan.beforeWrite(write)) {
      answer.destroy();
      return;
    }
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers, agent });
    outgoing.once('response', (found) => {
      if (write !== undefined && !plan.afterWrite(write)) answer.destroy();
      else passOn(found, answer);
    });
    outgoing.once('error', () => answer.destroy());
    answer.once('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    server: `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    close: () => {
      proxy.close();
      proxy.closeAllConnections();
      agent.destroy();
    },
  };
}

function passOn(found: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(found.statusCode ?? 502, found.headers);
  answer.flushHeaders();
  pipeline(found, answer, () => undefined);
}

function isWrite(method: string, url: string): boolean {
  return method !== 'GET' && !/\/(leases|events|self\w+reviews)(\/|\?|$)/.test(url);
}
