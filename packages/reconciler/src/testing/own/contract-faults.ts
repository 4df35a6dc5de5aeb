import { afterEach, expect, test } from 'vitest';
import type { ListOptions } from '../../api/kube-api.ts';
import type { Connect } from './contract-setup.ts';
import { createWidgetMaker, expectCode } from './widget-maker.ts';
import { type Widget, widgets } from './widgets.ts';

/** How a `KubeApi` tells of what goes wrong between it and the server. */
export function contractOfFaults(connect: Connect): void {
  const { unique, create } = createWidgetMaker(() => connect().direct, 'faults');
  afterEach(() => connect().faults.heal());

  /** A call that fails or not, with time passing meanwhile. */
  const settled = async (promise: Promise<unknown>): Promise<void> => {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await connect().until('the call ends', () => isSettled);
  };

  test('a server that cannot be reached is Unavailable, and there again when it can', async () => {
    const { api, faults } = connect();
    faults.down();
    await expectCode('Unavailable', api.list(widgets));
    faults.heal();
    await api.list(widgets);
  });

  test('a server that never answers is Unavailable in the end', async () => {
    const { api, faults } = connect();
    faults.hang();
    const listing = api.list(widgets);
    await Promise.all([settled(listing), expectCode('Unavailable', listing)]);
  });

  test('a connection that breaks ends a watch with Unavailable', async () => {
    const { api, faults } = connect();
    const { resourceVersion } = await api.list(widgets);
    const watching = (async () => {
      for await (const _ of api.watch(widgets, { resourceVersion })) faults.cut();
    })();
    await Promise.all([create(), settled(watching), expectCode('Unavailable', watching)]);
  });

  test('a slow server is waited for', async () => {
    const { api, faults } = connect();
    const { metadata } = await create({ size: 5 });
    faults.slow();
    const getting = api.get<Widget>(widgets, metadata);
    await settled(getting);
    expect((await getting)?.spec.size).toBe(5);
  });

  test('a list that goes on when its history is gone is told so', async () => {
    const { api, faults } = connect();
    const group = unique('pages');
    for (let i = 0; i < 3; i += 1) await create({ size: i }, { labels: { group } });
    const query: ListOptions = { labelSelector: `group=${group}`, limit: 2 };
    const page = await api.list<Widget>(widgets, query);
    await create();
    // Without the restart a server may still have what etcd has not.
    await faults.restart();
    await expectCode('Gone', api.list<Widget>(widgets, { ...query, continue: page.continue }));
  }, 120_000);

  test('a watch from a time that the server has forgotten is told so', async () => {
    const { api, faults } = connect();
    const { metadata } = await create();
    await create();
    await faults.restart();
    const watching = (async () => {
      for await (const _ of api.watch(widgets, { resourceVersion: metadata.resourceVersion }));
    })();
    await expectCode('Gone', watching);
  }, 120_000);
}
