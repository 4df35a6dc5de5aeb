import { describe, expect, it } from 'vitest';
import { addresseeOf, decodeDatagram, encodeDatagram, type ProbeDatagram, smallPacketBytes } from './datagram.ts';

const question: ProbeDatagram = {
  kind: 'question',
  token: '00112233445566778899aabb',
  addressee: addresseeOf('milan'),
  packetBytes: 64,
};

describe('a probe', () => {
  it.each([smallPacketBytes, 65, 1_340, 8_920])(
    'fills an IP packet of %d bytes and is read as it was written',
    (packetBytes) => {
      const datagram = { ...question, packetBytes };
      const data = encodeDatagram(datagram);
      expect(data.length + 28).toBe(packetBytes);
      expect(decodeDatagram(data)).toEqual(datagram);
    },
  );

  it('differs from its answer in one byte only', () => {
    const [asked, answered] = [encodeDatagram(question), encodeDatagram({ ...question, kind: 'answer' })];
    expect([...asked].filter((byte, index) => byte !== answered[index])).toHaveLength(1);
    expect(decodeDatagram(answered)).toEqual({ ...question, kind: 'answer' });
  });

  it('cannot be smaller than what it holds', () => {
    expect(() => encodeDatagram({ ...question, packetBytes: 63 })).toThrow(RangeError);
  });

  it.each<[string, (data: Buffer) => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['a truncated one', (data) => data.subarray(0, -1)],
    ['a longer one', (data) => Buffer.concat([data, Buffer.from('x')])],
    ['one of another version', (data) => Buffer.from(data.toString('latin1').replace('/1', '/2'), 'latin1')],
    ['one of another kind', (data) => Buffer.from(data.toString('latin1').replace('?', '*'), 'latin1')],
    ['something of that size', (data) => Buffer.alloc(data.length, 64)],
  ])('is not %s', (_, change) => {
    expect(decodeDatagram(change(encodeDatagram(question)))).toBeUndefined();
  });
});
