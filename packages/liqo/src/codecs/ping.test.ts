import { describe, expect, it } from 'vitest';
import { decodePing, encodePing, formatLatency } from './ping.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the ping protocol', () => {
  it('has exactly the fields that Liqo reads', () => {
    const message = { clusterID: 'milan', msgType: 'PING', timeStamp: '2026-11-21T02:37:55.123456789Z' } as const;
    expect(encodePing(message)).toBe(
      '{"clusterID":"milan","msgType":"PING","timeStamp":"2026-11-21T02:37:55.123456789Z"}',
    );
    expect(decodePing(bytes(encodePing(message)))).toEqual(message);
  });

  it.each([
    '',
    'no json',
    '[]',
    'null',
    '{"clusterID":1,"msgType":"PING","timeStamp":"x"}',
    '{"clusterID":"a","msgType":"PUNG","timeStamp":"x"}',
    ' '.repeat(1_025),
  ])('ignores what is no message: %j', (text) => {
    expect(decodePing(bytes(text))).toBeUndefined();
  });

  it.each([
    [0, 'N/A'],
    [0.4219, '421\u03bcs'],
    [1, '1ms'],
    [2.9, '2ms'],
  ])('writes a latency of %d ms as %s', (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });
});
