import { kinds } from '@leafway/core';
import { type Configuration, type Connection, type GatewayServer, resources } from '@leafway/liqo';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';
import type { FakeLeaf } from './testing/fake-leaf.ts';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

async function aLinkedFleet(): Promise<FakeFleet> {
  fleet = new FakeFleet();
  await fleet.start();
  await fleet.create();
  await fleet.pass(3);
  // What follows has nothing to do with how the link came about.
  await passRenewing(120);
  return fleet;
}

/** Time passes, and the gateways report all the while. */
async function passRenewing(seconds: number): Promise<void> {
  for (let tens = 0; tens < seconds / 10; tens += 1) {
    await fleet.clock.advance(10_000);
    for (const leaf of [fleet.rome, fleet.milan]) await leaf.renewConnections();
  }
}

const ready = async () => (await fleet.shortcut())?.status?.conditions?.find(({ type }) => type === 'Ready');
const patchesOn = ({ api }: FakeLeaf): number =>
  api.requests.filter(({ verb, type, body }) => verb === 'patch' && type === resources.configurations && isOurs(body))
    .length;
/** The data plane of the fake writes the status alone. */
const isOurs = (body: unknown): boolean => JSON.stringify(body).includes('/metadata/uid');

const ref = { namespace: 'liqo-tenant-milan', name: 'milan' };

/** Somebody's tool takes the pod range of milan for another one. */
function spoil(): void {
  const { pod } = fleet.rome.api.object<Configuration>(resources.configurations, ref)?.spec?.remote?.cidr ?? {};
  if (pod?.[0] === '10.99.0.0/16') return;
  fleet.rome.api.edit<Configuration>(resources.configurations, ref, (draft) => {
    if (draft.spec?.remote?.cidr !== undefined) draft.spec.remote.cidr.pod = ['10.99.0.0/16'];
    const fieldsV1 = { 'f:spec': { 'f:remote': { 'f:cidr': { 'f:pod': {} } } } };
    draft.metadata.managedFields = [{ manager: 'argocd-controller', time: '2026-11-21T10:00:00Z', fieldsV1 }];
  });
}

describe('an object that somebody changes without end', () => {
  it('is brought back ever less often, by an operator that says who it is and that it goes on', async () => {
    const { rome, events } = await aLinkedFleet();
    const before = patchesOn(rome);
    for (let quarter = 0; quarter < 240; quarter += 1) {
      spoil();
      await fleet.clock.advance(250);
    }
    expect(patchesOn(rome) - before).toBeLessThanOrEqual(13);
    const message = expect.stringContaining(
      'Configuration liqo-tenant-milan/milan on rome is changed or removed by argocd-controller as often as it is brought back',
    );
    expect(await ready()).toMatchObject({ reason: 'RepairLoop', message });
    expect((await fleet.shortcut())?.status?.lastRepair).toMatchObject({
      fieldManager: 'argocd-controller',
      message:
        'Configuration liqo-tenant-milan/milan on rome was changed in spec.remote.cidr.pod by argocd-controller, and was restored.',
    });
    expect(events.filter(({ reason }) => reason === 'RepairLoop')).toMatchObject([{ type: 'Warning', note: message }]);
  });

  it('is Ready, and as free as any, soon after that has ended', async () => {
    const { rome } = await aLinkedFleet();
    for (let second = 0; second < 12; second += 1) {
      spoil();
      await fleet.clock.advance(1_000);
    }
    await passRenewing(20);
    expect((await ready())?.reason).toBe('RepairLoop');
    await passRenewing(80);
    expect(await ready()).toMatchObject({ status: 'True', reason: 'Ready' });
    const before = patchesOn(rome);
    spoil();
    await fleet.clock.advance(1_000);
    expect(patchesOn(rome) - before).toBe(1);
  });

  it('does not make an operator that is always too late ask without end', async () => {
    const { rome } = await aLinkedFleet();
    const { beforeRequest } = rome.api;
    let attempts = 0;
    rome.api.beforeRequest = (request) => {
      if (request.verb === 'patch' && request.type === resources.configurations && isOurs(request.body)) {
        attempts += 1;
        rome.api.edit(resources.configurations, ref, ({ metadata }) => {
          metadata.annotations = { ...metadata.annotations, again: `${attempts}` };
        });
      }
      return beforeRequest?.(request);
    };
    spoil();
    await fleet.clock.advance(60_000);
    expect(attempts).toBeGreaterThanOrEqual(10);
    expect(attempts).toBeLessThanOrEqual(13);
  });

  it('is left alone while the shortcut is paused, which says so', async () => {
    const { central, rome, milan, events } = await aLinkedFleet();
    const pause = (value: boolean) =>
      central.patch(kinds.shortcuts, { name: 'rome-milan' }, [{ op: 'add', path: '/spec/paused', value }]);
    await pause(true);
    await fleet.clock.advance(1_000);
    const counts = [rome, milan].map(({ api }) => api.requests.length);
    spoil();
    await fleet.clock.advance(60_000);
    const asked = [rome, milan].flatMap(({ api }, index) => api.requests.slice(counts[index]));
    expect(asked.filter(({ verb }) => verb !== 'watch')).toEqual([]);
    expect(await ready()).toMatchObject({ reason: 'Paused', message: expect.stringContaining('paused') });
    expect(events.map(({ reason }) => reason)).toContain('Paused');
    await pause(false);
    await fleet.clock.advance(1_000);
    const { spec } = rome.api.object<Configuration>(resources.configurations, ref) ?? {};
    expect(spec?.remote?.cidr?.pod).toEqual(['10.244.0.0/16']);
  });
});

describe('a link whose gateways report no more', () => {
  it('is Degraded after a minute, and Ready as soon as they do again', async () => {
    const { rome, milan, events } = await aLinkedFleet();
    await fleet.clock.advance(50_000);
    expect((await ready())?.status).toBe('True');
    await fleet.clock.advance(20_000);
    expect(await ready()).toMatchObject({ status: 'False', reason: 'Degraded' });
    const { conditions, phase } = (await fleet.shortcut())?.status ?? {};
    expect([phase, conditions?.find(({ type }) => type === 'Connected')?.reason]).toEqual([
      'Degraded',
      'ConnectionStale',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'Warning', reason: 'Degraded' });
    for (const leaf of [rome, milan]) await leaf.renewConnections();
    await fleet.clock.advance(1_000);
    expect((await ready())?.status).toBe('True');
  });
});

describe('a gateway server that nobody reaches', () => {
  const serversOn = ({ api }: FakeLeaf): number => api.objects<GatewayServer>(resources.gatewayServers).length;

  /** Minutes in which no gateway hears another. */
  async function passInSilence(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      for (const leaf of [fleet.rome, fleet.milan]) {
        await leaf.work();
        for (const { metadata } of leaf.api.objects<Connection>(resources.connections)) {
          leaf.api.edit<Connection>(resources.connections, metadata, (draft) => {
            draft.status = { ...draft.status, value: 'Error' };
          });
        }
      }
      await fleet.clock.advance(60_000);
    }
  }

  it('moves once to the other leaf; then it is said what would help, and nothing moves any more', async () => {
    fleet = new FakeFleet();
    await fleet.start();
    await fleet.create();
    await passInSilence(3);
    expect([serversOn(fleet.rome), serversOn(fleet.milan)]).toEqual([0, 1]);
    await passInSilence(6);
    expect([serversOn(fleet.rome), serversOn(fleet.milan)]).toEqual([1, 0]);
    expect((await fleet.shortcut())?.status?.clusters?.[0]).toMatchObject({
      id: 'rome',
      role: 'Server',
      roleReason: 'the gateway server of milan could not be reached',
    });
    await passInSilence(40);
    expect([serversOn(fleet.rome), serversOn(fleet.milan)]).toEqual([1, 0]);
    const { status } = (await fleet.shortcut()) ?? {};
    expect(status?.conditions?.find(({ type }) => type === 'Connected')).toMatchObject({
      status: 'False',
      reason: 'DirectPathUnavailable',
      message: expect.stringMatching(
        /Traffic stays on the path through the central cluster\. To help, let UDP packets/,
      ),
    });
    expect(fleet.events.map(({ reason }) => reason).filter((reason) => /Server|Direct/.test(reason))).toEqual([
      'ServerChanged',
      'DirectPathUnavailable',
    ]);
  });
});
