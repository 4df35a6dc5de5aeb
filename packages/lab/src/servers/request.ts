import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { LabError, messageOf } from '../errors.ts';
import type { AdminAccess } from './credentials.ts';

/** One small request to a server of the lab; `access` is left out for plain HTTP. */
export interface LabHTTPRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly access?: Partial<AdminAccess> | undefined;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface LabHTTPAnswer {
  readonly status: number;
  readonly text: string;
}

const timeoutMs = 10_000;

/** Sends one request on a connection of its own; rejects when there is no complete answer. */
function send({ url, method = 'GET', access, body, signal }: LabHTTPRequest): Promise<LabHTTPAnswer> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const options = {
      method,
      signal,
      timeout: timeoutMs,
      agent: false as const,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
    };
    const sent = secure
      ? httpsRequest(url, { ...options, ca: access?.ca, cert: access?.cert, key: access?.key })
      : httpRequest(url, options);
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/**
 * Asks again and again until the server answers 200: a server that is starting has nothing to watch.
 * @throws LabError `LAB_TIMEOUT` with the last answer; rejects with the signal's reason when that aborts.
 */
export async function waitForAnswer(
  request: LabHTTPRequest & { readonly what: string; readonly timeoutMs: number },
  deps: { readonly sleep: (ms: number) => Promise<void>; readonly monotonicMs: () => number },
): Promise<void> {
  const deadline = deps.monotonicMs() + request.timeoutMs;
  for (;;) {
    const last = await send(request).then(
      ({ status, text }) => (status === 200 ? undefined : `answered ${status}: ${text.trim().split('\n').at(-1)}`),
      (error: unknown) => messageOf(error),
    );
    if (last === undefined) return;
    request.signal.throwIfAborted();
    if (deps.monotonicMs() > deadline) {
      throw new LabError('LAB_TIMEOUT', `${request.what} was not ready within ${request.timeoutMs / 1000} s: ${last}`);
    }
    await deps.sleep(100);
  }
}

/**
 * A token of a ServiceAccount, as the API server issues it.
 * @throws LabError `LAB_START_FAILED` when the server refuses.
 */
export async function requestToken(
  access: AdminAccess,
  account: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<string> {
  const answer = await send({
    url: `${access.server}/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`,
    method: 'POST',
    access,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: tokenLifetimeS } },
    signal,
  });
  if (answer.status !== 201) {
    throw new LabError(
      'LAB_START_FAILED',
      `no token for ServiceAccount ${account.namespace}/${account.name}: ${answer.text}`,
    );
  }
  return (JSON.parse(answer.text) as { status: { token: string } }).status.token;
}

/** As long as the certificates of the lab. */
const tokenLifetimeS = 365 * 24 * 3600;
