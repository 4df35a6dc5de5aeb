import { FakeClock } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import type { ObservedWireGuard } from '../wireguard/configuration.ts';
import { createDoors } from './doors.ts';

const device = { publicKey: 'OWN', listenPort: 7, peer: { publicKey: 'OLD' } };

function start() {
  const clock = new FakeClock();
  const tunnel: { now: ObservedWireGuard | undefined; looks: number } = { now: device, looks: 0 };
  const lookAtTunnel = async () => {
    tunnel.looks += 1;
    return tunnel.now;
  };
  return { clock, tunnel, doors: createDoors({ clock, lookAtTunnel }) };
}

const peer = { publicKey: 'OLD' };
const rotating = { peer, nextKey: 'NEW' };

describe('a peer that changes its key', () => {
  it('is let knock with the next one, which is watched for closely, and later less so', async () => {
    const { clock, doors } = start();
    expect(await doors.admit('milan', rotating)).toEqual({ peer, nextKey: 'NEW', waitMs: 20 });
    await clock.advance(15_000);
    expect(await doors.admit('milan', rotating)).toMatchObject({ waitMs: 1_000 });
    expect(await doors.admit('milan', { peer, nextKey: 'NEWER' })).toMatchObject({ nextKey: 'NEWER', waitMs: 20 });
  });

  it('is the next key when that knocks, and where it knocked from', async () => {
    const { doors, tunnel } = start();
    await doors.admit('milan', rotating);
    tunnel.now = { ...device, nextKey: 'NEW', knockedFrom: '10.0.0.1:7' };
    expect(await doors.admit('milan', rotating)).toEqual({ peer: { publicKey: 'NEW', endpoint: '10.0.0.1:7' } });
    const dialled = { publicKey: 'OLD', endpoint: '10.0.0.9:51840' };
    expect(await doors.admit('milan', { peer: dialled, nextKey: 'NEW' })).toEqual({
      peer: { ...dialled, publicKey: 'NEW' },
    });
  });

  it('stays the next key once it was let in, also for another agent and while its PublicKey says the former', async () => {
    const { doors, tunnel } = start();
    tunnel.now = { ...device, peer: { publicKey: 'NEW', endpoint: '10.0.0.1:7' } };
    expect(await doors.admit('milan', rotating)).toEqual({ peer: { publicKey: 'NEW' } });
  });

  it('is let knock again in a device that was made anew', async () => {
    const { doors, tunnel } = start();
    tunnel.now = undefined;
    expect(await doors.admit('milan', rotating)).toMatchObject({ peer, nextKey: 'NEW' });
  });

  it('is let in by its PublicKey too, and nothing is looked at any more then', async () => {
    const { doors, tunnel } = start();
    await doors.admit('milan', rotating);
    tunnel.now = { ...device, nextKey: 'NEW', knockedFrom: '10.0.0.1:7' };
    const changed = { publicKey: 'NEW' };
    expect(await doors.admit('milan', { peer: changed })).toEqual({ peer: { ...changed, endpoint: '10.0.0.1:7' } });
    expect(await doors.admit('milan', { peer: changed, nextKey: 'NEW' })).toEqual({ peer: changed });
    expect(tunnel.looks).toBe(2);
  });
});
