import { compareCensuses, type RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultPlan, ProxiedWrite } from '../support/lab/fault-proxy.ts';
import { forgetLeader, waitForLeader } from '../support/lab/lease.ts';
import { type OwnController, type OwnControllers, takeOverControllers } from '../support/lab/own-controllers.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { changeShortcut, deleteShortcut, makeShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';
import { isReady, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectPacketSoon } from '../support/traffic.ts';

const name = 'rome-milan';
/** How long a lease is good for; a successor needs a moment more. */
const leaseMs = 15_000;
/** So much of it is left at least: its holder renews it every two seconds. */
const leftOfLeaseMs = 12_000;
const graceMs = 10_000;

describe('two controllers', () => {
  let lab: RunningLab;
  let controllers: OwnControllers;
  let writes: ProxiedWrite[] = [];
  /** Called at each write that a cluster has carried out, before anybody is told. */
  let onWrite: (write: ProxiedWrite) => void = () => undefined;
  const plan: FaultPlan = {
    beforeWrite: () => true,
    afterWrite: (write) => {
      writes.push(write);
      onWrite(write);
      return true;
    },
  };
  const running = new Map<string, OwnController>();
  const start = async (identity: string): Promise<void> => {
    running.set(identity, await controllers.start(identity, `--identity=${identity}`));
  };
  const signal = (identity: string, name: NodeJS.Signals): void => void running.get(identity)?.child.kill(name);

  beforeAll(async () => {
    lab = await sharedLab();
    controllers = await takeOverControllers(lab, plan);
    await forgetLeader(lab);
    await start('a');
    await waitForLeader(lab, 'a', 30_000);
    await start('b');
  });
  afterAll(() => controllers?.stop());

  it('share the work so that one does it all', async () => {
    writes = [];
    await makeShortcut(lab, name, ['rome', 'milan']);
    await expectDirect(lab, 'rome', 'milan');
    expect(new Set(writes.map(({ client }) => client))).toEqual(new Set([undefined, 'a']));
    expect(writes.filter(({ cluster }) => cluster !== lab.centre)).toHaveLength(8);
  });

  it('hand over without waiting for the end of the lease when the leader is told to stop', async () => {
    const stoppedAt = performance.now();
    signal('a', 'SIGTERM');
    await waitForLeader(lab, 'b', leaseMs);
    const tookMs = performance.now() - stoppedAt;
    console.log(`b leads ${Math.round(tookMs)} ms after a was told to stop`);
    expect(tookMs).toBeLessThan(leftOfLeaseMs);
    await running.get('a')?.ended;
    expect(running.get('a')?.child.exitCode).toBe(0);
    await changeShortcut(lab, name, { gateway: { mtu: 1400 } });
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectPacketSoon(lab, 'rome', 'milan');
  });

  it('hand over when the leader is killed in the middle of its work, once its lease has run out', async () => {
    await start('a');
    await deleteShortcut(lab, name);
    const before = await takeSettledCensus(lab);
    onWrite = killedAt('b', 4);
    await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], shortcutManifest(name, ['rome', 'milan']));
    await running.get('b')?.ended;
    const killedAtMs = performance.now();
    await waitForLeader(lab, 'a', leaseMs + graceMs);
    console.log(`a leads ${Math.round(performance.now() - killedAtMs)} ms after b was killed`);
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
    await deleteShortcut(lab, name);
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  });

  /** At the n-th write on a leaf from now on, the controller gets that signal before it hears the answer. */
  function strikeAt(identity: string, n: number, name: NodeJS.Signals): (write: ProxiedWrite) => void {
    let count = 0;
    return ({ cluster }) => {
      if (cluster === lab.centre) return;
      count += 1;
      if (count === n) signal(identity, name);
    };
  }
  const killedAt = (identity: string, n: number) => strikeAt(identity, n, 'SIGKILL');

  it('never write both: a leader that was suspended beyond its lease ends without another write', async () => {
    await start('b');
    onWrite = strikeAt('a', 3, 'SIGSTOP');
    await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], shortcutManifest(name, ['rome', 'milan']));
    await waitForLeader(lab, 'b', leaseMs + graceMs + 30_000);
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
    onWrite = () => undefined;
    writes = [];
    signal('a', 'SIGCONT');
    await running.get('a')?.ended;
    expect(writes).toEqual([]);
    await waitForLeader(lab, 'b', 1_000);
    await deleteShortcut(lab, name);
  });
});
