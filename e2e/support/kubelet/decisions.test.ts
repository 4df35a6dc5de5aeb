import { describe, expect, it } from 'vitest';
import { environmentOf, expand, type References } from './environment.ts';
import type { Pod } from './pod.ts';
import { type ContainerState, phaseOf } from './pod-status.ts';
import { chooseNode } from './schedule.ts';
import { type EndpointSlice, endpointsOf, type Service } from './service-proxy.ts';
import { aNode, aPod } from './testing.ts';
import { unsupportedFields } from './unsupported.ts';
import { filesOf } from './volumes.ts';

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'keys' },
  data: { a: Buffer.from('one').toString('base64') },
};
const references: References = { secret: (name) => (name === 'keys' ? secret : undefined), configMap: () => undefined };

describe('what a node honours', () => {
  it('is every field of a Pod that it starts', () => {
    expect(unsupportedFields(aPod())).toEqual([]);
  });

  it.each<[string, Pod]>([
    ['spec.hostPID', aPod({ hostPID: true } as object)],
    ['spec.volumes[0].hostPath', aPod({ volumes: [{ name: 'x', hostPath: {} } as never] })],
    ['spec.containers[0].lifecycle', aPod({}, { lifecycle: {} } as object)],
    ['spec.containers[0].livenessProbe.exec', aPod({}, { livenessProbe: { exec: {} } as never })],
    ['spec.containers[0].securityContext.readOnlyRootFilesystem', aPod({}, { securityContext: {} })],
  ])('is not %s, which is named', (field, pod) => {
    expect(unsupportedFields(pod)).toEqual([field]);
  });
});

describe('the environment of a container', () => {
  const variables = (env: object[]) =>
    environmentOf({ name: 'c', image: 'i', env: env as never }, aPod(), '10.0.0.9', '10.96.0.1', references);

  it('has the API server, fields of the Pod, keys of Secrets, and earlier variables in later ones', () => {
    const env = [
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } },
      { name: 'ALL', value: '$(APP)@$(IP)' },
    ];
    expect(variables(env)).toMatchObject({
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      ...{ IP: '10.0.0.9', APP: 'web', KEY: 'one', ALL: 'web@10.0.0.9' },
    });
  });

  it('has to wait for a Secret that is not there', () => {
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'none', key: 'a' } } }];
    expect(() => variables(env)).toThrow('Secret none with the key a, for the variable KEY, does not exist');
  });

  it('leaves alone what names no variable, and what is written twice', () => {
    expect(expand('$(A) $(B) $$(A)', { A: '1' })).toBe('1 $(B) $(A)');
  });
});

describe('the files of a volume', () => {
  const context = { pod: aPod(), podIP: '10.0.0.9', references, token: async () => 'a token' };

  it('come from all sources of a projected one', async () => {
    const sources = [
      { serviceAccountToken: { path: 'token' } },
      { secret: { name: 'keys', items: [{ key: 'a', path: 'dir/b', mode: 0o400 }] } },
      { downwardAPI: { items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ];
    const files = await filesOf({ name: 'v', projected: { sources } }, context);
    expect([...(files ?? [])].map(([path, { content, mode }]) => [path, String(content), mode])).toEqual([
      ['token', 'a token', 0o644],
      ['dir/b', 'one', 0o400],
      ['ns', 'shop', 0o644],
    ]);
  });

  it('are waited for, unless they are optional', async () => {
    await expect(filesOf({ name: 'v', secret: { secretName: 'none' } }, context)).rejects.toThrow('Secret none');
    const files = await filesOf({ name: 'v', secret: { secretName: 'none', optional: true } }, context);
    expect(files?.size).toBe(0);
  });
});

describe('the node of a Pod', () => {
  const nodes = [aNode('a'), aNode('b'), aNode('c', { unschedulable: true })];

  it('is the one with the fewest of its kind that lets Pods come', () => {
    expect(chooseNode(aPod(), nodes, [aPod({ nodeName: 'a' })])).toBe('b');
    expect(chooseNode(aPod(), nodes, [aPod({ nodeName: 'a' }), aPod({ nodeName: 'b' })])).toBe('a');
  });

  it('has the labels that it asks for, or is none', () => {
    expect(chooseNode(aPod({ nodeSelector: { zone: 'b' } }), nodes, [])).toBe('b');
    expect(chooseNode(aPod({ nodeSelector: { zone: 'c' } }), nodes, [])).toBeUndefined();
  });
});

describe('the phase of a Pod', () => {
  const ended = (exitCode: number): ContainerState => ({
    ...{ name: 'c', image: 'i', waiting: undefined, restarts: 0, started: false, ready: false },
    lastEnd: { exitCode, startedAt: '', finishedAt: '' },
  });

  it.each([
    ['Never', 0, 'Succeeded'],
    ['Never', 1, 'Failed'],
    ['OnFailure', 0, 'Succeeded'],
    ['OnFailure', 1, 'Running'],
    ['Always', 0, 'Running'],
  ] as const)('with the policy %s after exit code %i is %s', (policy, exitCode, phase) => {
    expect(phaseOf(policy, [ended(exitCode)])).toBe(phase);
  });
});

describe('the endpoints of a Service', () => {
  const service: Service = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' } },
    spec: { clusterIP: '10.96.0.7', ports: [{ name: 'https', port: 443 }] },
  };
  const slice = (namespace: string): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace, labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [
      { addresses: ['10.0.0.1'], conditions: { ready: true } },
      { addresses: ['10.0.0.2'], conditions: { ready: false } },
    ],
    ports: [{ name: 'https', port: 9443 }],
  });
  const view = { services: { list: () => [service] }, slices: { list: () => [slice('shop'), slice('other')] } };

  it('are the ready ones of its own slices, at the port of that name', () => {
    expect(endpointsOf(view, '10.96.0.7', 443)).toEqual(['10.0.0.1:9443']);
    expect(endpointsOf(view, '10.96.0.7', 80)).toEqual([]);
    expect(endpointsOf(view, '10.96.0.8', 443)).toEqual([]);
  });
});
