import { type Census, compareCensuses, type RunningLab, runInLab, startPart } from '@leafway/lab';
import { type LiqoObject, resources, tenantNamespaceName } from '@leafway/liqo';
import type { ResourceType } from '@leafway/reconciler';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answering, cutPart, pidOf } from '../support/lab/parts.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { lookAt, type ObjectLook } from '../support/objects/objects.ts';
import {
  changeShortcut,
  deleteShortcut,
  getShortcut,
  makeShortcut,
  shortcutManifest,
} from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectNoLoss, watchBothWays } from '../support/traffic.ts';

const name = 'rome-milan';
const milanServes = { gateway: { server: 'milan' } };

describe('an API server that stops and starts again', () => {
  let lab: RunningLab;
  /** What there was before the first shortcut. */
  let start: { readonly before: Census; readonly look: ObjectLook; readonly objects: readonly string[] };
  beforeAll(async () => {
    lab = await sharedLab();
    const look = await lookAt(lab, [lab.centre, 'rome', 'milan']);
    start = { before: await takeSettledCensus(lab), look, objects: await look.take() };
  });
  afterAll(() => start?.look.close());

  const apply = () =>
    mustKubectl(lab, lab.centre, ['apply', '--filename=-'], shortcutManifest(name, ['rome', 'milan'], milanServes));

  /** Waits for a moment in the life of rome's object of a kind, seen on rome itself. */
  async function onRome(
    type: ResourceType,
    what: string,
    accept: (object: LiqoObject | undefined) => boolean,
  ): Promise<void> {
    await waitFor<LiqoObject>(lab, 'rome', {
      type,
      namespace: tenantNamespaceName('milan'),
      name: 'milan',
      what,
      accept,
    });
  }

  const saysThatItIsAway = (leaf: string) =>
    waitForShortcut(lab, name, `saying that ${leaf} is away`, (found) => {
      const reachable = conditionOf(found, 'LeavesReachable');
      return (
        reachable?.status === 'False' &&
        reachable.reason === 'LeafUnreachable' &&
        reachable.observedGeneration === found.metadata.generation &&
        reachable.message.startsWith(`${leaf}: `)
      );
    });

  it("is a leaf's, during set-up: the other side goes ahead, and the link is completed", async () => {
    await cutPart(lab, 'apiserver-milan');
    await apply();
    await onRome(resources.configurations, 'a Configuration', (found) => found !== undefined);
    expect(conditionOf(await saysThatItIsAway('milan'), 'Ready')?.status).toBe('False');
    await startPart(lab, 'apiserver-milan');
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });

  it("is a leaf's, in operation: packets flow, the status says which leaf is away and why, and recovers", async () => {
    const watch = await watchBothWays(lab, 'rome', 'milan');
    await cutPart(lab, 'apiserver-milan');
    const { message } = conditionOf(await saysThatItIsAway('milan'), 'LeavesReachable') ?? {};
    console.log(message);
    await startPart(lab, 'apiserver-milan');
    await waitForShortcut(lab, name, 'being Ready', isReady);
    expectNoLoss(await watch.finish());
  });

  it("is a leaf's, while the port of the other is changed: packets flow, and both follow when it is back", async () => {
    const watch = await watchBothWays(lab, 'rome', 'milan');
    await cutPart(lab, 'apiserver-rome');
    await saysThatItIsAway('rome');
    await changeShortcut(lab, name, { gateway: { service: { port: 51_900 } } });
    await saysThatItIsAway('rome');
    // What is brought back was looked at after the change.
    const key = { type: resources.publicKeys, namespace: tenantNamespaceName('rome'), name: 'rome' };
    await mustKubectl(lab, 'milan', ['delete', 'publickeies', key.name, `--namespace=${key.namespace}`]);
    await waitFor(lab, 'milan', { ...key, what: "rome's key again", accept: (found) => found !== undefined });
    const sockets = () => runInLab(lab, 'milan/gateway-rome', ['ss', '-Hulnp']);
    expect(await sockets()).not.toMatch(/:51900\b/);
    expectNoLoss(await watch.finish());
    await startPart(lab, 'apiserver-rome');
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
    expect(await sockets()).toMatch(/:51900\b/);
  });

  it("is a leaf's that only hangs: who needs it finds out and says so, and a change is made up for", async () => {
    const pid = await pidOf(lab, 'apiserver-milan');
    process.kill(pid, 'SIGSTOP');
    try {
      await changeShortcut(lab, name, { gateway: { mtu: 1400 } });
      await saysThatItIsAway('milan');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });

  it("is the centre's, in operation: packets flow, and Ready does not flap", async () => {
    const before = conditionOf(await getShortcut(lab, name), 'Ready');
    expect(before?.status).toBe('True');
    const watch = await watchBothWays(lab, 'rome', 'milan');
    await cutPart(lab, `apiserver-${lab.centre}`);
    await startPart(lab, `apiserver-${lab.centre}`);
    await answering(lab, lab.centre);
    // Another link can be made: the controller is at work again.
    await makeShortcut(lab, 'rome-paris', ['rome', 'paris']);
    expectNoLoss(await watch.finish());
    expect(conditionOf(await getShortcut(lab, name), 'Ready')).toEqual(before);
    await deleteShortcut(lab, 'rome-paris');
  });

  it("is a leaf's, during delete: everything goes in the end", async () => {
    await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', name, '--wait=false']);
    await onRome(resources.gatewayClients, 'its gateway gone', (found) => found === undefined);
    await cutPart(lab, 'apiserver-rome');
    await startPart(lab, 'apiserver-rome');
    await expectNothingLeft();
  });

  it("is the centre's, during set-up: the link is completed", async () => {
    await apply();
    await onRome(resources.configurations, 'a Configuration', (found) => found !== undefined);
    await cutPart(lab, `apiserver-${lab.centre}`);
    await startPart(lab, `apiserver-${lab.centre}`);
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });

  it("is the centre's, during delete: everything goes in the end", async () => {
    await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', name, '--wait=false']);
    await onRome(resources.gatewayClients, 'its gateway gone', (found) => found === undefined);
    await cutPart(lab, `apiserver-${lab.centre}`);
    await startPart(lab, `apiserver-${lab.centre}`);
    await expectNothingLeft();
  });

  /** Nor on the leaves, nor at the centre; the leaf that was away included. */
  async function expectNothingLeft(): Promise<void> {
    const { before, look } = start;
    await expect.poll(look.take, { timeout: 60_000 }).toEqual(start.objects);
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  }
});
