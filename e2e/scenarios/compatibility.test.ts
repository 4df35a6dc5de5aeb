import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ForeignClusterConnection, VirtualNodeConnection, VirtualNodeShortcut } from '@leafway/core';
import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantRights, mayConnect, type Right, userWith } from '../support/admission/rights.ts';
import { blocksExecutedBy } from '../support/documentation/executed-blocks.ts';
import { matchesOutput, readDialogues } from '../support/documentation/output.ts';
import type { Block } from '../support/documentation/page.ts';
import { startLab, type TestLab } from '../support/lab/leafway.ts';
import { enableConnections } from '../support/objects/connections.ts';
import { drainAsHook } from '../support/objects/drain.ts';
import { examplesDirectory } from '../support/objects/examples.ts';
import { connectRaw, type RawApi } from '../support/objects/raw-api.ts';
import { expectPacketSoon } from '../support/traffic.ts';

/** The leaves that the Foreign Cluster Connector's own examples speak of. */
const [rome, milan] = ['europe-rome-edge', 'europe-milan-edge'] as const;
const api = '/apis/networking.liqo.io/v1beta1/namespaces/default';
const example = (name: string): string => join(examplesDirectory, 'compatibility', `${name}.yaml`);

describe("the Foreign Cluster Connector's own example", () => {
  let test: TestLab;
  let lab: RunningLab;
  let disable: () => Promise<void>;
  beforeAll(async () => {
    test = await startLab(['central', rome, milan]);
    lab = test.lab;
    disable = await enableConnections(lab);
  });
  afterAll(async () => {
    await disable?.();
    await test?.stop();
  });

  const kubectl = async (...args: string[]): Promise<string> => (await mustKubectl(lab, lab.centre, args)).stdout;
  const shortcuts = async (): Promise<VirtualNodeShortcut[]> =>
    (JSON.parse(await kubectl('get', 'virtualnodeshortcuts', '--output=json')) as { items: VirtualNodeShortcut[] })
      .items;
  const get = async <T>(object: string): Promise<T> => JSON.parse(await kubectl('get', object, '--output=json')) as T;

  /** Does what a page says, and compares what it prints. */
  async function follow(block: Block | undefined): Promise<void> {
    for (const { command, output } of readDialogues(block?.text ?? '')) {
      const printed = await kubectl(...command.split(' ').slice(1));
      expect(matchesOutput(output, printed.split('\n')), printed).toBe(true);
    }
  }

  it('links the two leaves, shows it in its columns, follows a change, and takes its shortcut along', async () => {
    const [use, leave] = blocksExecutedBy('e2e/scenarios/compatibility.test.ts');
    const object = `fcc/${rome}-${milan}`;
    await follow(use);
    // Not a download: with the example's MTU every large packet is cut in two on the way.
    await expectPacketSoon(lab, rome, milan);
    const { spec, status } = await get<ForeignClusterConnection>(object);
    const seen = [status?.foreignClusterANetworking, status?.foreignClusterBNetworking];
    expect(seen.map((one) => one?.podCIDR)).toEqual(['10.244.0.0/16', '10.244.0.0/16']);
    const [shortcut] = await shortcuts();
    expect(shortcut?.spec.gateway).toMatchObject({ server: milan, mtu: spec.networking?.mtu });
    const ranges = [1, 0].map((index) => shortcut?.status?.clusters?.[index]?.remappedPodCIDRs?.[0]);
    expect(seen.map((one) => one?.remappedPodCIDR)).toEqual(ranges);

    await kubectl('patch', object, '--type=merge', '--patch={"spec":{"networking":{"mtu":1400}}}');
    await kubectl('wait', object, '--for=jsonpath={.status.observedGeneration}=2', '--timeout=60s');
    expect((await shortcuts())[0]?.spec.gateway?.mtu).toBe(1400);

    await follow(leave);
  });

  it('of the first form of its kind does so, too', async () => {
    const object = 'vnc/test-connection';
    await kubectl('apply', `--filename=${example('virtual-node-connection')}`);
    await kubectl('wait', object, '--for=condition=Ready', '--timeout=60s');
    await expectPacketSoon(lab, rome, milan);
    const columns = ['NAME PHASE CONNECTED', 'test-connection Connected true'];
    const printed = await kubectl('get', 'vnc');
    expect(matchesOutput(columns, printed.split('\n')), printed).toBe(true);
    const { status } = await get<VirtualNodeConnection>(object);
    const accepted = status?.conditions?.find(({ type }) => type === 'Accepted');
    expect(accepted?.message).toContain('spec.kubeconfigA');
    await kubectl('delete', object, '--timeout=60s');
    expect(await shortcuts()).toEqual([]);
  });

  describe('asks the user for what the shortcut would ask:', () => {
    const writer: Right = {
      group: 'test-connection-writers',
      rule: {
        apiGroups: ['networking.liqo.io'],
        resources: ['foreignclusterconnections', 'virtualnodeconnections'],
        verbs: ['create', 'patch'],
      },
    };
    let raw: RawApi;
    let takeAway: () => Promise<void>;
    beforeAll(async () => {
      raw = await connectRaw(lab, lab.centre);
      takeAway = await grantRights(lab, [writer, mayConnect(rome), mayConnect(milan)]);
    });
    afterAll(async () => {
      await takeAway?.();
      raw?.close();
    });

    it.each([
      ['foreign-cluster-connection', 'foreignclusterconnections', 'spec.foreignCluster'],
      ['virtual-node-connection', 'virtualnodeconnections', 'spec.virtualNode'],
    ])('%s needs the verb connect on both leaves', async (file, plural, field) => {
      const body = readFileSync(example(file), 'utf8');
      const tried = async (...rights: Right[]): Promise<string> => {
        const user = userWith(writer, ...rights);
        const path = `${api}/${plural}?dryRun=All`;
        const { status, message } = await raw.send({
          method: 'POST',
          path,
          user,
          contentType: 'application/yaml',
          body,
        });
        return `${status} ${message}`;
      };
      expect(await tried()).toMatch(/^403 .* neither the leaf "europe-rome-edge" nor the leaf "europe-milan-edge"/);
      expect(await tried(mayConnect(rome))).toContain(`${field}B: you may not connect the leaf "${milan}"`);
      expect(await tried(mayConnect(milan))).toContain(`${field}A: you may not connect the leaf "${rome}"`);
      expect(await tried(mayConnect(rome), mayConnect(milan))).toBe('201 ');
    });

    it.each([
      [{ foreignClusterB: rome }, 'is the same cluster as foreignClusterA'],
      [{ networking: { mtu: 1000 } }, 'must be at least 1280'],
      [{ networking: { serverGatewayType: 'example.org/v1/other' } }, 'only WireGuard gateways are supported'],
    ])('and the API server refuses %j', async (change, refusal) => {
      const spec = { foreignClusterA: rome, foreignClusterB: milan, ...change };
      const body = {
        apiVersion: 'networking.liqo.io/v1beta1',
        kind: 'ForeignClusterConnection',
        metadata: { name: 'a' },
        spec,
      };
      const { status, message } = await raw.send({ method: 'POST', path: `${api}/foreignclusterconnections`, body });
      expect(status).toBe(422);
      expect(message).toContain(refusal);
    });
  });

  it('is drained before the chart goes, and its shortcut with it', async () => {
    await kubectl('apply', `--filename=${example('foreign-cluster-connection')}`);
    await kubectl('wait', `fcc/${rome}-${milan}`, '--for=condition=Accepted', '--timeout=60s');
    const { code, stderr } = await drainAsHook(lab, '--compatibility', '--timeout=60s');
    expect(stderr).toContain('drained: 1 shortcut removed');
    expect(code).toBe(0);
    expect(await shortcuts()).toEqual([]);
    expect((await kubectl('get', 'fcc,vnc', '--all-namespaces', '--output=name')).trim()).toBe('');
  });
});
