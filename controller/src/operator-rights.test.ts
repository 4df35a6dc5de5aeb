import { ApiError } from '@leafway/reconciler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

let fleet: FakeFleet;
beforeEach(() => {
  fleet = new FakeFleet();
});
afterEach(() => fleet.stop());

const condition = (type: string) => fleet.leafCondition(type);

describe('what the controller may not do on a leaf', () => {
  const missing = async () => (await fleet.leaf('rome'))?.status?.missingPermissions;
  const reviews = (): number =>
    fleet.rome.api.requests.filter(({ type }) => type.group === 'authorization.k8s.io').length;

  it('is found out by two requests when nothing is missing, once', async () => {
    await fleet.start();
    expect(await missing()).toEqual([]);
    expect((await condition('Permitted')).status).toBe('True');
    await fleet.clock.advance(3_600_000);
    expect(reviews()).toBe(2);
  });

  it('is named verb by verb, with as whom and what to do, until it may', async () => {
    fleet.rome.denied.add('patch gatewayservers').add('delete gatewayservers').add('list cronjobs');
    await fleet.start();
    const group = 'networking.liqo.io';
    expect(await missing()).toEqual([
      { verb: 'patch', group, resource: 'gatewayservers' },
      { verb: 'delete', group, resource: 'gatewayservers' },
      { verb: 'list', group: 'batch', resource: 'cronjobs' },
    ]);
    const words =
      'may not, on this leaf: patch, delete gatewayservers.networking.liqo.io; list cronjobs.batch. Give it';
    expect(await condition('Permitted')).toMatchObject({ status: 'False', message: expect.stringContaining(words) });
    expect(await condition('Ready')).toMatchObject({ status: 'False', reason: 'NotPermitted' });
    expect((await condition('Reachable')).status).toBe('True');
    fleet.rome.denied.clear();
    await fleet.clock.advance(300_000);
    await fleet.pass(1);
    expect(await missing()).toEqual([]);
    expect((await condition('Ready')).status).toBe('True');
  });

  it('does not keep a leaf from being linked where links do not need it', async () => {
    fleet.rome.denied.add('list cronjobs');
    await fleet.start();
    expect((await condition('Permitted')).status).toBe('False');
    expect((await condition('Ready')).status).toBe('True');
  });

  it('is asked again when the leaf forbids something', async () => {
    await fleet.start();
    await fleet.clock.advance(60_000);
    fleet.rome.denied.add('create configurations');
    const { beforeRequest } = fleet.rome.api;
    fleet.rome.api.beforeRequest = (request) => {
      if (request.verb === 'create' && request.type.kind === 'Configuration')
        throw new ApiError('forbidden', { code: 'Forbidden', status: 403, operation: 'create configurations' });
      return beforeRequest?.(request);
    };
    await fleet.create();
    await fleet.pass(3);
    expect(await missing()).toMatchObject([{ verb: 'create', resource: 'configurations' }]);
    const before = reviews();
    await fleet.pass(50);
    expect(reviews()).toBe(before); // However often it is forbidden
  });
});
