import { mapAddress, parseAddress, parseCidr } from '@leafway/core';
import { directAddress, startPart, stopPart } from '@leafway/lab';
import { fetchFromPod, kubectl, mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type TestLab } from '../support/lab/leafway.ts';
import {
  changeShortcut,
  deleteShortcut,
  getShortcut,
  makeShortcut,
  tryShortcut,
} from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectNoAnswer } from '../support/traffic.ts';

const largeBytes = 32 * 1024 * 1024;

/** Rome and oslo have the same pods; milan has others. All external ranges are the same. */
const podCIDRs = ['rome=10.1.0.0/16', 'milan=10.2.0.0/16', 'oslo=10.1.0.0/16'];

const explicit = (...entries: readonly object[]): object => ({ ipMapping: { policy: 'Explicit', explicit: entries } });

describe('the ranges that a user wants', () => {
  let test: TestLab;
  beforeAll(async () => {
    test = await startLab(['central', 'rome', 'milan', 'oslo'], podCIDRs);
  });
  afterAll(() => test?.stop());

  /** Whatever the size: both ways over the one tunnel, and each side sees the other under the name that it has for it. */
  async function expectBothWays(a: string, b: string): Promise<void> {
    const { lab } = test;
    await expectDirect(lab, a, b);
    await expectDirect(lab, b, a);
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const address = await directAddress(lab, { from, to, pod: 'web' });
      const { received } = await fetchFromPod(lab, `${from}/client`, `http://${address}`, largeBytes);
      expect(received).toBe(largeBytes);
    }
  }

  const podOf = (cluster: string): string =>
    test.lab.plan.clusters.find(({ id }) => id === cluster)?.networks.pods.client ?? '';

  /** What a web server on the one leaf says of who asks from the other. */
  async function seenFrom(observer: string, from: string): Promise<string> {
    const { lab } = test;
    const address = await directAddress(lab, { from, to: observer, pod: 'web' });
    return (await fetchFromPod(lab, `${from}/client`, `http://${address}`, 1)).seenAs;
  }

  describe('with the policy Identity', () => {
    const policy = { ipMapping: { policy: 'Identity' } };
    afterAll(() => deleteShortcut(test.lab, 'rome-milan'));

    it('are the own ranges of the other: pods are called and seen by their own addresses', async () => {
      const { lab } = test;
      const { status } = await makeShortcut(lab, 'rome-milan', ['rome', 'milan'], policy);
      expect(status?.clusters?.map(({ remappedPodCIDRs }) => remappedPodCIDRs)).toEqual([
        ['10.1.0.0/16'],
        ['10.2.0.0/16'],
      ]);
      await expectBothWays('rome', 'milan');
      expect(await seenFrom('milan', 'rome')).toBe(podOf('rome'));
      expect(await seenFrom('rome', 'milan')).toBe(podOf('milan'));
    });

    it('are refused where the other side has them itself, by name and with a way out', async () => {
      const { code, stderr } = await tryShortcut(test.lab, 'rome-oslo', ['rome', 'oslo'], policy);
      expect(code).toBe(1);
      expect(stderr).toContain(
        "spec.ipMapping.policy: the policy Identity needs oslo's pod range 10.1.0.0/16 to be free on rome, but it overlaps 10.1.0.0/16 (pod CIDR): use Auto",
      );
    });
  });

  describe('with the policy Explicit', () => {
    const onOslo = { cluster: 'rome', pod: ['10.200.0.0/16'], external: ['10.201.0.0/16'] };
    const onRome = { cluster: 'oslo', pod: ['10.210.0.0/16'], external: ['10.211.0.0/16'] };

    it('are taken for pods and external addresses, though both sides have the same ranges', async () => {
      const { lab } = test;
      const { status } = await makeShortcut(lab, 'rome-oslo', ['rome', 'oslo'], explicit(onOslo, onRome));
      expect(
        status?.clusters?.map(({ remappedPodCIDRs, remappedExternalCIDRs }) => [
          remappedPodCIDRs,
          remappedExternalCIDRs,
        ]),
      ).toEqual([
        [onOslo.pod, onOslo.external],
        [onRome.pod, onRome.external],
      ]);
      await expectBothWays('rome', 'oslo');
      expect(await seenFrom('oslo', 'rome')).toBe(nameOf(podOf('rome'), '10.1.0.0/16', '10.200.0.0/16'));
      expect(await seenFrom('rome', 'oslo')).toBe(nameOf(podOf('oslo'), '10.1.0.0/16', '10.210.0.0/16'));
    });

    it('lead to what the other side published in its external range', async () => {
      const { lab } = test;
      const published = {
        apiVersion: 'ipam.liqo.io/v1alpha1',
        kind: 'IP',
        metadata: { name: 'web', namespace: 'default' },
        spec: { ip: lab.plan.clusters.find(({ id }) => id === 'rome')?.networks.pods.web },
      };
      await mustKubectl(lab, 'rome', ['apply', '--filename=-'], JSON.stringify(published));
      await mustKubectl(lab, 'rome', ['wait', 'ips.ipam.liqo.io/web', '--for=jsonpath={.status.ip}', '--timeout=30s']);
      const address = ['get', 'ips.ipam.liqo.io', 'web', '--output=jsonpath={.status.ip}'];
      const { stdout } = await mustKubectl(lab, 'rome', address);
      const called = nameOf(stdout, '10.70.0.0/16', '10.201.0.0/16');
      const fetch = () => fetchFromPod(lab, 'oslo/client', `http://${called}`, 1);
      await expect
        .poll(() => fetch().then(({ seenAs }) => seenAs, String), { timeout: 30_000 })
        .toBe(nameOf(podOf('oslo'), '10.1.0.0/16', '10.210.0.0/16'));
    });

    it('move a link in place: what was called by the old range is called by the new one', async () => {
      const { lab } = test;
      const before = await directAddress(lab, { from: 'rome', to: 'oslo', pod: 'web' });
      const moved = { ...onRome, pod: ['10.220.0.0/16'] };
      await changeShortcut(lab, 'rome-oslo', explicit(onOslo, moved));
      const { status } = await waitForShortcut(lab, 'rome-oslo', 'being Ready with other ranges', isReady);
      expect(status?.clusters?.[1]?.remappedPodCIDRs).toEqual(moved.pod);
      expect(await directAddress(lab, { from: 'rome', to: 'oslo', pod: 'web' })).toBe(
        nameOf(before, '10.210.0.0/16', '10.220.0.0/16'),
      );
      await expectBothWays('rome', 'oslo');
      expect(await seenFrom('rome', 'oslo')).toBe(nameOf(podOf('oslo'), '10.1.0.0/16', '10.220.0.0/16'));
      await expectNoAnswer(lab, 'rome', before);
    });

    it('cannot be what is in use: the change is refused with the owner and a free range, and the link stays', async () => {
      const { lab } = test;
      const taken = { ...onRome, pod: ['10.244.0.0/16'] };
      const patch = JSON.stringify({ spec: explicit(onOslo, taken) });
      const args = ['patch', 'virtualnodeshortcuts', 'rome-oslo', '--type=merge', '--patch', patch];
      const { code, stderr } = await kubectl(lab, lab.centre, args);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /spec\.ipMapping\.explicit\[1\]\.pod\[0\]: 10\.244\.0\.0\/16 overlaps 10\.244\.0\.0\/16 \(.*central.*\) on rome: 10\.\d+\.0\.0\/16 is free/,
      );
      await expectDirect(lab, 'rome', 'oslo');
    });

    it('may be listed for one cluster alone: the other ranges are chosen as ever', async () => {
      const { lab } = test;
      await deleteShortcut(lab, 'rome-oslo');
      const { status } = await makeShortcut(
        lab,
        'rome-oslo',
        ['rome', 'oslo'],
        explicit({ cluster: 'oslo', pod: onRome.pod }),
      );
      const [rome, oslo] = status?.clusters ?? [];
      expect(oslo?.remappedPodCIDRs).toEqual(onRome.pod);
      expect(rome?.remappedPodCIDRs).not.toEqual(['10.1.0.0/16']);
      await expectBothWays('rome', 'oslo');
      await deleteShortcut(lab, 'rome-oslo');
    });

    it('that were taken meanwhile end in a condition that says by whom, and are given when they are free', async () => {
      const { lab } = test;
      // The webhook goes by what the controller wrote down of a leaf: while it is away somebody else takes the range.
      await stopPart(lab, 'controller');
      await plantConfiguration('oslo', '10.230.0.0/16');
      await mustKubectl(
        lab,
        lab.centre,
        ['apply', '--filename=-'],
        JSON.stringify({
          apiVersion: 'leafway.dev/v1alpha1',
          kind: 'VirtualNodeShortcut',
          metadata: { name: 'milan-oslo' },
          spec: {
            clusters: [{ id: 'milan' }, { id: 'oslo' }],
            ...explicit({ cluster: 'milan', pod: ['10.230.0.0/16'] }),
          },
        }),
      );
      await startPart(lab, 'controller');
      const refused = await waitForShortcut(lab, 'milan-oslo', 'being refused', (shortcut) => {
        const message = conditionOf(shortcut, 'Ready')?.message ?? '';
        return message.includes('10.230.0.0/16') && message.includes('elsewhere');
      });
      console.log(conditionOf(refused, 'Ready')?.message);
      expect(conditionOf(refused, 'Ready')?.status).toBe('False');
      await mustKubectl(lab, 'oslo', ['delete', 'namespace', 'liqo-tenant-elsewhere', '--timeout=60s']);
      await waitForShortcut(lab, 'milan-oslo', 'being Ready once the range is free', isReady);
      expect((await getShortcut(lab, 'milan-oslo')).status?.clusters?.[0]?.remappedPodCIDRs).toEqual(['10.230.0.0/16']);
      await expectBothWays('milan', 'oslo');
    });

    /** Somebody else's Configuration for a cluster that we do not know, with that range in use as a name. */
    async function plantConfiguration(leaf: string, name: string): Promise<void> {
      const namespace = 'liqo-tenant-elsewhere';
      const labels = { 'liqo.io/remote-cluster-id': 'elsewhere' };
      const wanted = JSON.stringify({ pod: [name], external: ['10.231.0.0/16'] });
      const objects = [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
        {
          apiVersion: 'networking.liqo.io/v1beta1',
          kind: 'Configuration',
          metadata: { name: 'elsewhere', namespace, labels, annotations: { 'leafway.dev/wanted-cidrs': wanted } },
          spec: { remote: { cidr: { pod: ['10.9.0.0/16'], external: ['10.70.0.0/16'] } } },
        },
      ];
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      await mustKubectl(test.lab, leaf, ['apply', '--filename=-'], list);
      const condition = '--for=condition=NetworkCIDRsConfigured';
      await mustKubectl(test.lab, leaf, [
        'wait',
        'configurations/elsewhere',
        '-n',
        namespace,
        condition,
        '--timeout=30s',
      ]);
    }
  });
});

/** The address with the same host part in another range. */
function nameOf(address: string, real: string, name: string): string {
  return mapAddress(parseAddress(address), parseCidr(real), parseCidr(name)).text;
}
