import { describe, expect, it } from 'vitest';
import { isConfigured, parseDump, wireGuardConfiguration } from './configuration.ts';

const secrets = { privateKey: 'PRIVATE', bolt: 'BOLT' };

describe('the configuration of a device', () => {
  it('names one peer, from which everything may come', () => {
    const peer = { publicKey: 'PEER', endpoint: '172.30.2.7:51840' };
    expect(wireGuardConfiguration({ publicKey: 'OWN', listenPort: 51_840, peer }, secrets)).toBe(
      '[Interface]\nPrivateKey = PRIVATE\nListenPort = 51840\n[Peer]\nPublicKey = PEER\nAllowedIPs = 0.0.0.0/0\nEndpoint = 172.30.2.7:51840\n',
    );
  });

  it('has no peer before one is known, and no endpoint at a server', () => {
    expect(wireGuardConfiguration({ publicKey: 'OWN', listenPort: 1 }, secrets)).not.toContain('Peer');
    expect(
      wireGuardConfiguration({ publicKey: 'OWN', listenPort: 1, peer: { publicKey: 'P' } }, secrets),
    ).not.toContain('Endpoint');
  });
});

describe('a peer that will have another key', () => {
  it('is let knock with it, and neither in nor out', () => {
    const state = { publicKey: 'OWN', listenPort: 1, peer: { publicKey: 'PEER' }, nextKey: 'NEXT' };
    const [, next = ''] = wireGuardConfiguration(state, secrets).split('[Peer]\nPublicKey = NEXT\n');
    expect(next).toBe('PresharedKey = BOLT\n');
  });

  it('is seen to have knocked by what came from it', () => {
    const peer = 'PEER\t(none)\t10.0.0.1:7\t0.0.0.0/0\t1700000000\t1\t2\toff';
    const dump = (next: string) => parseDump(`PRIVATE\tOWN\t7\toff\nNEXT\tBOLT\t${next}\toff\n${peer}\n`);
    const state = { publicKey: 'OWN', listenPort: 7, peer: { publicKey: 'PEER', endpoint: '10.0.0.1:7' } };
    expect(dump('(none)\t(none)\t0\t0\t0')).toEqual({ ...state, nextKey: 'NEXT' });
    const knocked = { ...state, nextKey: 'NEXT', knockedFrom: '10.0.0.2:7' };
    expect(dump('10.0.0.2:7\t(none)\t0\t148\t92')).toEqual(knocked);
  });
});

describe('the dump of a device', () => {
  it('is read without its private key', () => {
    const dump = 'PRIVATE\tOWN\t51840\toff\nPEER\t(none)\t172.30.2.7:51840\t0.0.0.0/0\t1700000000\t1\t2\toff\n';
    const state = parseDump(dump);
    expect(state).toEqual({
      publicKey: 'OWN',
      listenPort: 51_840,
      peer: { publicKey: 'PEER', endpoint: '172.30.2.7:51840' },
    });
  });

  it('may show no peer, or one whose endpoint is not known', () => {
    expect(parseDump('PRIVATE\tOWN\t7\toff\n')).toEqual({ publicKey: 'OWN', listenPort: 7 });
    expect(parseDump('PRIVATE\tOWN\t7\toff\nPEER\t(none)\t(none)\t0.0.0.0/0\t0\t0\t0\toff\n').peer).toEqual({
      publicKey: 'PEER',
    });
  });
});

describe('whether a device is configured', () => {
  const observed = { publicKey: 'OWN', listenPort: 7, peer: { publicKey: 'PEER', endpoint: '10.0.0.1:1' } };

  it.each([
    ['the same', observed, true],
    ['no endpoint where one was learnt', { ...observed, peer: { publicKey: 'PEER' } }, true],
    ['another endpoint', { ...observed, peer: { publicKey: 'PEER', endpoint: '10.0.0.2:1' } }, false],
    ['another peer', { ...observed, peer: { publicKey: 'OTHER' } }, false],
    ['no peer any more', { publicKey: 'OWN', listenPort: 7 }, false],
    ['a next key', { ...observed, nextKey: 'NEXT' }, false],
    ['another own key', { ...observed, publicKey: 'NEW' }, false],
    ['another port', { ...observed, listenPort: 8 }, false],
  ])('is decided for %s', (_, desired, expected) => {
    expect(isConfigured(observed, desired)).toBe(expected);
  });

  it('is no for one that does not answer', () => {
    expect(isConfigured(undefined, observed)).toBe(false);
  });
});
