/** One request as an API server's audit log tells it (audit.k8s.io/v1, level Metadata). */
export interface AuditedRequest {
  readonly auditID: string;
  readonly user: string;
  /** Kubernetes' verb: `get`, `list`, `watch`, `create`, `patch`… */
  readonly verb: string;
  /** The plural name with its subresource, `configurations/status`; the path where a request is about no object. */
  readonly resource: string;
  readonly name: string;
  /** When the server received it, in milliseconds since 1970, with the log's microseconds. */
  readonly receivedMs: number;
}

interface AuditLine {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly requestReceivedTimestamp: string;
}

/**
 * The requests in a piece of an audit log, each once: a server writes up to three lines for a request (received,
 * answer begun, answer complete), all with the same ID. A last line that is still being written is left out.
 */
export function parseAuditLog(text: string): AuditedRequest[] {
  const requests = new Map<string, AuditedRequest>();
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    if (line === '') continue;
    const request = readLine(JSON.parse(line) as AuditLine);
    requests.set(request.auditID, request);
  }
  return [...requests.values()];
}

function readLine({ auditID, verb, requestURI, user, objectRef, requestReceivedTimestamp }: AuditLine): AuditedRequest {
  const { resource, subresource, name = '' } = objectRef ?? {};
  const target = resource ?? requestURI.replace(/\?.*/, '');
  return {
    auditID,
    verb,
    user: user.username,
    resource: subresource === undefined ? target : `${target}/${subresource}`,
    name,
    receivedMs: parseMicroTime(requestReceivedTimestamp),
  };
}

/** `Date` knows milliseconds only; requests follow each other faster. */
function parseMicroTime(text: string): number {
  const [, seconds, fraction = ''] = /^(.{19})(\.\d+)?Z$/.exec(text) ?? [];
  if (seconds === undefined) throw new TypeError(`${text} is not a time of an audit log`);
  return Date.parse(`${seconds}Z`) + Number(`0${fraction}`) * 1_000;
}
