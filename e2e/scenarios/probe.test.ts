import { directAddress, type RunningLab, runInLab } from '@leafway/lab';
import { type Connection, gatewayResourceName, resources, tenantNamespaceName } from '@leafway/liqo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { deleteShortcut, makeShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectNoAnswer } from '../support/traffic.ts';

const name = 'rome-milan';
const gateway = 'milan/gateway-rome';

describe('the probe through the tunnel', () => {
  let lab: RunningLab;
  beforeAll(async () => {
    lab = await sharedLab();
    await makeShortcut(lab, name, ['rome', 'milan']);
  });
  afterAll(async () => {
    await deleteShortcut(lab, name);
  });

  /** Drops what a gateway forwards and `match` describes; the gateways' own pings are not forwarded. */
  async function whileDropping(match: string, work: () => Promise<void>): Promise<void> {
    const rules = `table ip cut { chain forward { type filter hook forward priority 0; policy accept; ${match} drop; }; }`;
    await runInLab(lab, gateway, ['nft', '-f', '-'], rules);
    try {
      await work();
    } finally {
      await runInLab(lab, gateway, ['nft', 'delete', 'table', 'ip', 'cut']);
    }
  }

  const stateOf = async (leaf: string, peer: string): Promise<string | undefined> => {
    const namespace = tenantNamespaceName(peer);
    const wait = { type: resources.connections, namespace, name: gatewayResourceName(peer), what: 'a Connection' };
    return (await waitFor<Connection>(lab, leaf, { ...wait, accept: (found) => found !== undefined }))?.status?.value;
  };

  /** Ready falls although both Connections say Connected, and it is said why; returns the message. */
  async function expectFall(reason: string): Promise<string> {
    const fallen = await waitForShortcut(
      lab,
      name,
      'not being Ready',
      (found) => conditionOf(found, 'Ready')?.status === 'False',
    );
    expect([await stateOf('rome', 'milan'), await stateOf('milan', 'rome')]).toEqual(['Connected', 'Connected']);
    expect(fallen.status?.phase).toBe('Degraded');
    expect(conditionOf(fallen, 'Ready')?.reason).toBe('Degraded');
    expect(conditionOf(fallen, 'Connected')?.reason).toBe(reason);
    return conditionOf(fallen, 'Ready')?.message ?? '';
  }

  it('sees that the data plane is cut while both Connections still say Connected', async () => {
    await whileDropping('counter', async () => {
      await expectNoAnswer(lab, 'rome', await directAddress(lab, { from: 'rome', to: 'milan', pod: 'web' }));
      expect(await expectFall('ProbeFailed')).toMatch(/probe|packets/i);
    });
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });

  it('sees that only large packets are dropped, and says so', async () => {
    await whileDropping('ip length > 1000', async () => {
      const message = await expectFall('LargePacketsLost');
      expect(message).toMatch(/large|MTU/i);
      expect(message).toContain('1340');
    });
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectDirect(lab, 'rome', 'milan');
  });
});
