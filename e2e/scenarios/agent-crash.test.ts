import { compareCensuses, type RunningLab } from '@leafway/lab';
import { type Connection, gatewayResourceName, type LiqoObject, resources, tenantNamespaceName } from '@leafway/liqo';
import type { ResourceType } from '@leafway/reconciler';
import { mustKubectl } from 'leafway/demo';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { killPart, restarted } from '../support/lab/parts.ts';
import { processesIn, processesOf } from '../support/lab/processes.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { lookAt, type ObjectLook } from '../support/objects/objects.ts';
import { deleteShortcut, makeShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';
import { isReady, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectNoLoss, expectPacketSoon, watchBothWays } from '../support/traffic.ts';

const name = 'rome-milan';
const milanServes = { gateway: { server: 'milan' } };
const ends = [
  ['rome', 'milan'],
  ['milan', 'rome'],
] as const;

describe('the agents of both leaves, killed with SIGKILL', () => {
  let lab: RunningLab;
  let look: ObjectLook;
  let empty: readonly string[];
  beforeAll(async () => {
    lab = await sharedLab();
    look = await lookAt(lab, ['rome', 'milan']);
    empty = await look.take();
  });
  afterAll(() => look?.close());

  afterEach(() => mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', '--all', '--timeout=60s']));

  /** Kills both agents, and waits until the lab has started them again. */
  async function killAgents(): Promise<void> {
    const killed = await Promise.all(ends.map(([leaf]) => killPart(lab, `agent-${leaf}`)));
    await Promise.all(ends.map(([leaf], index) => restarted(lab, `agent-${leaf}`, killed[index] ?? 0)));
  }

  /** The object of the link of one kind on rome. */
  async function onRome(
    type: ResourceType,
    what: string,
    accept: (object: LiqoObject | undefined) => boolean,
  ): Promise<void> {
    await waitFor<LiqoObject>(lab, 'rome', {
      type,
      namespace: tenantNamespaceName('milan'),
      name: type === resources.connections ? gatewayResourceName('milan') : 'milan',
      what,
      accept,
    });
  }

  /** What runs, by command line, however often. */
  const commands = (): string[] =>
    processesOf(lab)
      .map(({ command }) => command)
      .sort();

  // Rome is the client of this pair: its gateway comes last.
  it.each<[string, ResourceType]>([
    ['its Configuration is there', resources.configurations],
    ['its gateway is there', resources.gatewayClients],
    ['its Connection is there', resources.connections],
  ])('during set-up, when %s, hold up nothing for ever', async (what, type) => {
    const running = commands();
    await mustKubectl(
      lab,
      lab.centre,
      ['apply', '--filename=-'],
      shortcutManifest(name, ['rome', 'milan'], milanServes),
    );
    await onRome(type, what, (found) => found !== undefined);
    await killAgents();
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectPacketSoon(lab, 'rome', 'milan');
    await expectDirect(lab, 'milan', 'rome');
    await deleteShortcut(lab, name);
    await expect.poll(look.take, { timeout: 30_000 }).toEqual(empty);
    await expect.poll(commands, { timeout: 10_000 }).toEqual(running);
  });

  it('take no packet of an established tunnel along, and leave its WireGuard process alone', async () => {
    await makeShortcut(lab, name, ['rome', 'milan'], milanServes);
    const tunnels = () => Promise.all(ends.map(([leaf, peer]) => processesIn(lab, `${leaf}/gateway-${peer}`)));
    const before = await tunnels();
    const running = commands();
    const watch = await watchBothWays(lab, 'rome', 'milan');
    await killAgents();
    const restartedAt = Date.now();
    for (const [leaf, peer] of ends) {
      await waitFor<Connection>(lab, leaf, {
        type: resources.connections,
        namespace: tenantNamespaceName(peer),
        name: gatewayResourceName(peer),
        what: 'a ping that the restarted agent reports',
        // The stamp has whole seconds.
        accept: (found) => Date.parse(found?.status?.latency?.timestamp ?? '') >= restartedAt,
      });
    }
    expectNoLoss(await watch.finish());
    await expect.poll(commands, { timeout: 10_000 }).toEqual(running);
    const isTunnel = ({ command }: { command: string }): boolean => /liqo-tunnel/.test(command);
    const pids = (found: typeof before): number[][] => found.map((list) => list.filter(isTunnel).map(({ pid }) => pid));
    expect(pids(await tunnels())).toEqual(pids(before));
  });

  it('during delete, when the gateway has just gone, leave nothing behind', async () => {
    const before = await takeSettledCensus(lab);
    const running = commands();
    await makeShortcut(lab, name, ['rome', 'milan'], milanServes);
    await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', name, '--wait=false']);
    await onRome(resources.gatewayClients, 'its gateway gone', (found) => found === undefined);
    await killAgents();
    await mustKubectl(lab, lab.centre, ['wait', 'virtualnodeshortcuts', name, '--for=delete', '--timeout=60s']);
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
    await expect.poll(commands, { timeout: 10_000 }).toEqual(running);
  });
});
