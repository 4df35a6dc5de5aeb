import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { RunningLab } from '@leafway/lab';
import { parseKubeconfig } from '@leafway/reconciler';

/** Somebody without credentials of his own, whom the admin impersonates. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** One HTTP request, without the checks that a client would make first. */
export interface RawRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  /** The admin when left out. */
  readonly user?: User | undefined;
  readonly contentType?: string | undefined;
  /** Text is sent as it is, everything else as JSON. */
  readonly body?: unknown;
}

/** What the API server answered. */
export interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Of a refusal, in its own words. */
  readonly message: string;
}

/** One API server, reached by bare HTTP. */
export interface RawApi {
  send(request: RawRequest): Promise<RawAnswer>;
  close(): void;
}

/** Connects as the admin, who may impersonate everybody. */
export async function connectRaw(lab: RunningLab, cluster: string): Promise<RawApi> {
  const { server, caData, certData, keyData } = parseKubeconfig(await readFile(lab.kubeconfig(cluster), 'utf8'));
  const agent = new Agent({ keepAlive: true, ca: caData, cert: certData, key: keyData });
  const send = ({ method, path, user, contentType = 'application/json', body }: RawRequest): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const headers = {
        'content-type': contentType,
        // Node itself does not tell the length of what a DELETE carries.
        'content-length': Buffer.byteLength(text ?? ''),
        ...(user === undefined ? {} : impersonation(user)),
      };
      const sent = request(`${server}${path}`, { method, agent, headers, timeout: 30_000 });
      sent.once('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      sent.once('error', reject);
      sent.once('response', (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          answer += part;
        });
        response.once('error', reject);
        response.once('end', () => resolve(answerOf(response.statusCode ?? 0, answer)));
      });
      sent.end(text);
    });
  return { send, close: () => agent.destroy() };
}

function impersonation({ name, groups }: User): Record<string, string | string[]> {
  return { 'impersonate-user': name, 'impersonate-group': ['system:authenticated', ...groups] };
}

function answerOf(status: number, text: string): RawAnswer {
  const body = parse(text);
  const message = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : text;
  return { status, body, message: status < 300 ? '' : message };
}

/** A path that nobody serves is answered with plain text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
