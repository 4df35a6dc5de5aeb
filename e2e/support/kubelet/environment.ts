import type { Container, DataObject, EnvVar, Pod } from './pod.ts';

/** What a Pod's containers and volumes may refer to. */
export interface References {
  secret(name: string): DataObject | undefined;
  configMap(name: string): DataObject | undefined;
}

/** What a Pod needs and what is not there (yet): the Pod waits, with this as the reason that people read. */
export class Waiting extends Error {
  override readonly name = 'Waiting';
}

/** The environment of a container, as a kubelet makes it: the API server's address first, so that a Pod may override. */
export function environmentOf(
  container: Container,
  pod: Pod,
  podIP: string,
  apiServer: string,
  references: References,
): Record<string, string> {
  const result: Record<string, string> = {
    KUBERNETES_SERVICE_HOST: apiServer,
    KUBERNETES_SERVICE_PORT: '443',
    KUBERNETES_SERVICE_PORT_HTTPS: '443',
    HOSTNAME: pod.metadata.name,
  };
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, pod, podIP, references);
    if (value !== undefined) result[variable.name] = expand(value, result);
  }
  return result;
}

function variableValue(
  { name, value, valueFrom }: EnvVar,
  pod: Pod,
  podIP: string,
  references: References,
): string | undefined {
  if (valueFrom === undefined) return value ?? '';
  const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef !== undefined) return fieldOf(pod, fieldRef.fieldPath, podIP);
  const ref = secretKeyRef ?? configMapKeyRef;
  if (ref === undefined) throw new Waiting(`the source of the variable ${name} is not supported`);
  const kind = secretKeyRef === undefined ? 'ConfigMap' : 'Secret';
  const found = kind === 'Secret' ? references.secret(ref.name) : references.configMap(ref.name);
  const bytes = found === undefined ? undefined : contentOf(kind, found).get(ref.key);
  if (bytes === undefined && ref.optional !== true) {
    throw new Waiting(`${kind} ${ref.name} with the key ${ref.key}, for the variable ${name}, does not exist`);
  }
  return bytes?.toString('utf8');
}

/** The keys of a Secret or ConfigMap. */
export function contentOf(kind: 'Secret' | 'ConfigMap', { data, binaryData }: DataObject): Map<string, Buffer> {
  const plain = kind === 'Secret' ? 'base64' : 'utf8';
  return new Map([
    ...Object.entries(data ?? {}).map(([key, text]) => [key, Buffer.from(text, plain)] as const),
    ...Object.entries(binaryData ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ]);
}

/** A field of the downward API. Throws for one that it does not have. */
export function fieldOf(pod: Pod, path: string, podIP: string): string {
  const { metadata, spec } = pod;
  const entry = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (entry !== null) return metadata[entry[1] as 'labels' | 'annotations']?.[entry[2] ?? ''] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': podIP,
    'status.podIPs': podIP,
  };
  const value = fields[path];
  if (value === undefined) throw new Waiting(`the field ${path} is not supported`);
  return value;
}

/** Puts variables in for `$(NAME)`; `$$(NAME)` stands for itself, and so does what names no variable. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]+)\))/g, (all, inner: string, name: string) =>
    inner === '$' ? '$' : (variables[name] ?? all),
  );
}
