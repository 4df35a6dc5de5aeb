import type { Container, Node, Pod } from './pod.ts';

/** A Pod that can be started here. */
export function aPod(spec: Partial<Pod['spec']> = {}, container: Partial<Container> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'shop', uid: 'u1', labels: { app: 'web' } },
    spec: {
      containers: [{ name: 'web', image: 'web:1', securityContext: { readOnlyRootFilesystem: true }, ...container }],
      ...spec,
    },
  };
}

export function aNode(name: string, spec: Node['spec'] = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { zone: name } }, spec };
}
