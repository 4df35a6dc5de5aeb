import { type RunningLab, startPart, stopPart } from '@leafway/lab';
import type { GatewayServer } from '@leafway/liqo';
import { kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type TestLab } from '../support/lab/leafway.ts';
import { fieldDifferences } from '../support/liqo/field-differences.ts';
import {
  type AnyObject,
  type Definition,
  installDefinitions,
  readConnectionObjects,
  readDefinitions,
  withoutSchema,
} from '../support/liqo/liqo-data.ts';
import { type Difference, differencesFrom, explains, explanations } from '../support/liqo/liqo-differences.ts';
import { writtenObjects } from '../support/liqo/written-objects.ts';
import { deleteShortcut, makeShortcut } from '../support/objects/shortcuts.ts';
import { expectDirect } from '../support/traffic.ts';

const directory = process.env.LEAFWAY_LIQO_DATA ?? '';
if (directory === '') console.log("skipped: a lab with Liqo's own definitions, LEAFWAY_LIQO_DATA is not set");

/** On rome: for objects that nothing acts on. */
const namespace = 'liqo-tenant-compatibility';

const nodePort = { gateway: { server: 'milan', service: { type: 'NodePort' } } };

/** What Kubernetes itself adds to a new namespace. */
const addedToNamespaces = ['metadata.labels.kubernetes.io/metadata.name', 'spec.finalizers', 'status.phase'];
const writtenKinds = [
  'Configuration',
  'GatewayServer',
  'GatewayClient',
  'PublicKey',
  'Connection',
  'Network',
  'IP',
  'WgGatewayServerTemplate',
  'WgGatewayClientTemplate',
];

/**
 * central, rome and milan have the definitions that a real Liqo installs. oslo has the same kinds without any schema:
 * what stands there is what our processes sent, down to fields that another API server would drop without a word.
 */
describe.skipIf(directory === '')("a fleet with Liqo's own definitions", () => {
  let test: TestLab;
  let definitions: Definition[] = [];
  beforeAll(async () => {
    test = await startLab(['central', 'rome', 'milan', 'oslo']);
    definitions = readDefinitions(directory);
    for (const cluster of ['central', 'rome', 'milan']) await installDefinitions(test.lab, cluster, definitions);
    await installDefinitions(test.lab, 'oslo', definitions.map(withoutSchema));
    await mustKubectl(test.lab, 'rome', ['create', 'namespace', namespace]);
  });
  afterAll(() => test?.stop());

  /** Has rome's API server take an object, which refuses every field that it does not know. */
  async function send(command: readonly string[], object: object): Promise<AnyObject> {
    const args = [...command, '--validate=strict', '--output=json', '--filename=-'];
    return JSON.parse((await mustKubectl(test.lab, 'rome', args, JSON.stringify(object))).stdout) as AnyObject;
  }

  it.each(writtenObjects(namespace))('accepts unchanged %s', async (_, object) => {
    const kept = await send(['create', '--dry-run=server'], object);
    const added = kept.kind === 'Namespace' ? addedToNamespaces : [];
    expect(fieldDifferences(object as AnyObject, kept)).toEqual(added);
  });

  it('takes a shortcut to Ready, which carries 1 MiB each way', async () => {
    await makeShortcut(test.lab, 'rome-milan', ['rome', 'milan'], nodePort);
    await expectDirect(test.lab, 'rome', 'milan');
    await expectDirect(test.lab, 'milan', 'rome');
  });

  it('holds a link that differs from one of Liqo only in ways that are explained', async () => {
    const differences: Difference[] = [];
    for (const cluster of ['rome', 'milan']) {
      const real = readConnectionObjects(directory, cluster);
      differences.push(...differencesFrom(real, await objectsOf(test.lab, cluster, real)));
    }
    expect(differences.filter((difference) => !explanations.some((one) => explains(one, difference)))).toEqual([]);
    expect(explanations.filter((one) => !differences.some((difference) => explains(one, difference)))).toEqual([]);
  });

  it.each([
    ['another port, MTU and node port', { mtu: 1400, service: { type: 'NodePort', port: 51_999, nodePort: 30_999 } }],
    [
      'an address and annotations',
      { service: { loadBalancerIP: '203.0.113.7', annotations: { 'a.example/b~c': 'd' } } },
    ],
    ['other annotations', { service: { annotations: { other: '' } } }],
    ['no annotations', {}],
  ])('accepts each change of a shortcut that lives: %s', async (_, gateway) => {
    const spec = { gateway: { server: 'milan', ...gateway } };
    await makeShortcut(test.lab, 'rome-milan', ['rome', 'milan'], spec);
    const { service, mtu } = gateway as Record<string, Record<string, unknown> | undefined>;
    const { annotations, ...endpoint } = service ?? {};
    const found = async (): Promise<GatewayServer['spec']> => {
      const args = ['get', 'gatewayservers', 'rome', '--namespace=liqo-tenant-rome', '--output=json'];
      return (JSON.parse((await mustKubectl(test.lab, 'milan', args)).stdout) as GatewayServer).spec;
    };
    await expect.poll(found, { timeout: 30_000 }).toEqual({
      mtu: mtu ?? 1340,
      endpoint: endpointOf(endpoint),
      serverTemplateRef: {
        apiVersion: 'networking.liqo.io/v1beta1',
        kind: 'WgGatewayServerTemplate',
        name: 'wireguard-server',
        namespace: 'liqo',
      },
      ...(annotations === undefined ? {} : { serviceAnnotations: annotations }),
    });
  });

  it('accepts unchanged all that our processes send, the status included', async () => {
    const { lab } = test;
    await makeShortcut(lab, 'oslo-rome', ['oslo', 'rome'], { gateway: { server: 'oslo' } });
    await makeShortcut(lab, 'oslo-milan', ['oslo', 'milan'], { gateway: { server: 'milan' } });
    await makeAgentWriteAnew(lab);
    const sent = await sentObjects(lab, definitions);
    // An IP has only one form, and Configurations, gateways, keys and Connections both of theirs.
    expect(new Set(sent.map(({ kind }) => kind))).toEqual(new Set(writtenKinds));
    // From here on nobody but this test writes there.
    await stopPart(lab, 'agent-rome');
    for (const [index, object] of sent.entries()) {
      const { apiVersion, kind, metadata, status, ...content } = object;
      const name = `${metadata.name}-${index}`;
      const created = await send(['create'], { apiVersion, kind, metadata: { name, namespace }, ...content });
      const expected = { ...object, metadata: created.metadata };
      const kept =
        status === undefined
          ? created
          : await send(['replace', '--subresource=status'], { ...created, metadata: created.metadata, status });
      expect(fieldDifferences(expected, kept), `${kind} ${metadata.name}`).toEqual([]);
    }
    await startPart(lab, 'agent-rome');
  });

  it('is as before when the shortcuts are deleted', async () => {
    for (const name of ['rome-milan', 'oslo-rome', 'oslo-milan']) await deleteShortcut(test.lab, name);
    for (const [cluster, peer] of [
      ['rome', 'milan'],
      ['milan', 'rome'],
      ['milan', 'oslo'],
      ['oslo', 'milan'],
    ] as const) {
      expect((await kubectl(test.lab, cluster, ['get', 'namespace', `liqo-tenant-${peer}`])).stderr).toContain(
        'NotFound',
      );
    }
  });
});

function endpointOf({ type = 'LoadBalancer', port = 51_840, ...rest }: Record<string, unknown>): object {
  return { serviceType: type, port, ...rest };
}

/** What a cluster has of the kinds of some objects. */
async function objectsOf(lab: RunningLab, cluster: string, like: readonly AnyObject[]): Promise<AnyObject[]> {
  const kinds = new Set(
    like.map(({ apiVersion, kind }) => {
      const [version, group = ''] = apiVersion.split('/').toReversed();
      return `${kind}.${version}.${group}`;
    }),
  );
  const args = ['get', [...kinds].join(','), '--all-namespaces', '--output=json'];
  return (JSON.parse((await mustKubectl(lab, cluster, args)).stdout) as { items: AnyObject[] }).items;
}

/** What oslo's agent wrote before its API server kept everything, it writes again; and an IP to answer. */
async function makeAgentWriteAnew(lab: RunningLab): Promise<void> {
  const own = 'networks.ipam.liqo.io,wggatewayservertemplates,wggatewayclienttemplates';
  await stopPart(lab, 'agent-oslo');
  await mustKubectl(lab, 'oslo', ['delete', own, '--all', '--namespace=liqo']);
  const ip = {
    apiVersion: 'ipam.liqo.io/v1alpha1',
    kind: 'IP',
    metadata: { name: 'somebody', namespace: 'liqo' },
    spec: { ip: '10.71.0.11' },
  };
  await mustKubectl(lab, 'oslo', ['create', '--filename=-'], JSON.stringify(ip));
  await startPart(lab, 'agent-oslo');
  const answered = ['wait', '--namespace=liqo', '--timeout=30s'];
  await mustKubectl(lab, 'oslo', [...answered, 'ips/somebody', '--for=jsonpath={.status.ip}']);
  const names = ['pod-cidr', 'external-cidr', 'service-cidr', 'internal-cidr'].map((name) => `networks/${name}`);
  await expect
    .poll(async () => (await kubectl(lab, 'oslo', [...answered, ...names, '--for=jsonpath={.status.cidr}'])).code, {
      timeout: 30_000,
    })
    .toBe(0);
}

/** All of Liqo's kinds that stand in oslo and were written after its schemas had gone: not about the centre. */
async function sentObjects(lab: RunningLab, definitions: readonly Definition[]): Promise<AnyObject[]> {
  const kinds = definitions.map(({ metadata }) => metadata.name).join(',');
  const args = ['get', kinds, '--all-namespaces', '--output=json', '--selector=liqo.io/remote-cluster-id!=central'];
  return (JSON.parse((await mustKubectl(lab, 'oslo', args)).stdout) as { items: AnyObject[] }).items;
}
