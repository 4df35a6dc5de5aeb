import { type Census, compareCensuses, type RunningLab, startPart, stopPart } from '@leafway/lab';
import {
  buildConfiguration,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  buildTenantNamespace,
  type LiqoObject,
  labelKeys,
} from '@leafway/liqo';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { changeShortcut, deleteShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect } from '../support/traffic.ts';

const name = 'rome-milan';
const romeServes = { gateway: { server: 'rome' } };

/** Objects of somebody else under the names that ours will have, without the label by which a link is found. */
function strangers(): { readonly cluster: string; readonly object: LiqoObject; readonly resource: string }[] {
  const inRome = { remoteClusterID: 'milan', namespace: 'liqo-tenant-milan' };
  const inMilan = { remoteClusterID: 'rome', namespace: 'liqo-tenant-rome' };
  const template = { namespace: 'liqo' };
  const server = buildGatewayServer(inRome, { template, mtu: 1340, serviceType: 'ClusterIP', port: 51_840 });
  const client = buildGatewayClient(inMilan, { template, mtu: 1340, address: '172.30.0.99', port: 51_840 });
  const owner = { ...server, metadata: { ...server.metadata, uid: 'nobody' } };
  const key = buildPublicKey(inRome, { publicKey: '0dg5oxpcEbO7hxy53tw+JbyIfKsoAudpwaASEI7Oyyg=', gateway: owner });
  const ranges = { remotePod: ['10.9.0.0/16'], remoteExternal: ['10.8.0.0/16'] };
  return [
    { cluster: 'rome', resource: 'gatewayservers', object: server },
    { cluster: 'milan', resource: 'configurations', object: buildConfiguration(inMilan, ranges) },
    { cluster: 'milan', resource: 'gatewayclients', object: client },
    { cluster: 'rome', resource: 'publickeies', object: key },
  ];
}

function unlabelled({ apiVersion, kind, metadata: { namespace, name: own }, ...rest }: LiqoObject): string {
  return JSON.stringify({ apiVersion, kind, metadata: { namespace, name: own }, ...rest });
}

describe('what others have put in the way of a link', () => {
  let lab: RunningLab;
  let before: Census;
  beforeAll(async () => {
    lab = await sharedLab();
    before = await takeSettledCensus(lab);
  });
  afterAll(() => startPart(lab, 'controller-manager-rome'));

  it('is named, object by object, and the link goes on when it is gone', async () => {
    for (const [cluster, peer] of [
      ['rome', 'milan'],
      ['milan', 'rome'],
    ] as const)
      await mustKubectl(lab, cluster, ['create', '--filename=-'], JSON.stringify(buildTenantNamespace(peer)));
    const all = strangers();
    for (const { cluster, object } of all)
      await mustKubectl(lab, cluster, ['create', '--filename=-'], unlabelled(object));
    await mustKubectl(
      lab,
      lab.centre,
      ['apply', '--filename=-'],
      shortcutManifest(name, ['rome', 'milan'], romeServes),
    );
    for (const { cluster, resource, object } of all) {
      const { namespace, name: own } = object.metadata;
      const what = `${object.kind} ${namespace}/${own} exists without the label ${labelKeys.remoteClusterID}`;
      await waitForShortcut(lab, name, `naming the ${object.kind}`, (found) =>
        (conditionOf(found, 'Ready')?.message ?? '').includes(`${cluster}: ${what}`),
      );
      await mustKubectl(lab, cluster, ['delete', resource, own, `--namespace=${namespace}`]);
    }
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });

  it('as the remains of a gateway that is gone and was not cleaned up after, is replaced', async () => {
    // Nobody collects garbage: Secret and Connection outlive their gateway until its successor looks for its own.
    await stopPart(lab, 'controller-manager-rome');
    const inTenant = ['--namespace=liqo-tenant-milan'];
    const owners = async (resource: string): Promise<string> => {
      const owner = '--output=jsonpath={.items[*].metadata.ownerReferences[*].uid}';
      return (await mustKubectl(lab, 'rome', ['get', resource, ...inTenant, owner])).stdout;
    };
    const [secrets, connections] = [await owners('secrets'), await owners('connections')];
    await mustKubectl(lab, 'rome', ['delete', 'gatewayservers', 'milan', ...inTenant, '--wait=false']);
    await expect.poll(() => owners('secrets'), { timeout: 60_000 }).not.toBe(secrets);
    await expect.poll(() => owners('connections'), { timeout: 60_000 }).not.toBe(connections);
    await startPart(lab, 'controller-manager-rome');
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });

  it('is told by the leaf in one event, also when it comes a second time', async () => {
    const events = async (): Promise<string> => {
      const select = ['--field-selector=reason=AddressNotUsable', '--output=jsonpath={.items[*].series.count}'];
      return (await mustKubectl(lab, 'rome', ['get', 'events.events.k8s.io', '--all-namespaces', ...select])).stdout;
    };
    const wish = (service: object) => changeShortcut(lab, name, { gateway: { server: 'rome', service } });
    const wished = async (address: string): Promise<void> => {
      const path = '--output=jsonpath={.spec.endpoint.loadBalancerIP}';
      const get = ['get', 'gatewayservers', 'milan', '--namespace=liqo-tenant-milan', path];
      await expect.poll(async () => (await mustKubectl(lab, 'rome', get)).stdout, { timeout: 30_000 }).toBe(address);
    };
    const again = async (): Promise<string> => {
      for (const address of [null, '203.0.113.7']) {
        await wish({ loadBalancerIP: address });
        await wished(address ?? '');
      }
      return events();
    };
    await expect.poll(again, { timeout: 60_000, interval: 500 }).toMatch(/^\d+$/);
  });

  it('stays untouched otherwise', async () => {
    await deleteShortcut(lab, name);
    for (const [cluster, peer] of [
      ['rome', 'milan'],
      ['milan', 'rome'],
    ] as const)
      await mustKubectl(lab, cluster, ['delete', 'namespace', `liqo-tenant-${peer}`]);
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  });
});
