/** A line of an audit log as kube-apiserver writes it, with what a test cares about. */
export function auditLine(input: {
  readonly auditID?: string;
  readonly stage?: string;
  readonly user?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly at?: string;
  readonly code?: number;
}) {
  const { user = 'admin', verb = 'get', resource = 'pods', subresource, name = 'one' } = input;
  const { at = '2026-01-01T00:00:00.000000Z', stage = 'ResponseComplete', code = 200 } = input;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: input.auditID ?? crypto.randomUUID(),
    stage,
    requestURI: `/api/v1/namespaces/default/${resource}/${name}?fieldManager=leafway`,
    verb,
    user: { username: user, groups: ['system:authenticated'] },
    sourceIPs: ['127.0.0.1'],
    userAgent: 'leafway',
    objectRef: {
      resource,
      name,
      apiVersion: 'v1',
      namespace: 'default',
      ...(subresource === undefined ? {} : { subresource }),
    },
    responseStatus: { metadata: {}, code },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
  };
}

/** Lines as the file holds them. */
export function auditText(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
