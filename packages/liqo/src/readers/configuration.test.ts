import { describe, expect, it } from 'vitest';
import type { Configuration } from '../api/types.ts';
import { readConfiguration } from './configuration.ts';

function configuration(status: Configuration['status'], generation = 2): Configuration {
  return {
    apiVersion: 'networking.liqo.io/v1beta1',
    kind: 'Configuration',
    metadata: { name: 'milan', generation, labels: { 'liqo.io/remote-cluster-id': 'milan' } },
    spec: { remote: { cidr: { pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] } } },
    ...(status === undefined ? {} : { status }),
  };
}

const cidr = { pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] };
const condition = (status: 'True' | 'False', observedGeneration: number) => ({
  type: 'NetworkCIDRsConfigured',
  status,
  reason: 'NetworkCIDRsConfigured',
  message: 'words',
  lastTransitionTime: '2026-11-21T02:37:50Z',
  observedGeneration,
});

describe('a Configuration', () => {
  it('of Liqo 1.0 and 1.1, which have no condition, is ready when every range has a name', () => {
    const reading = readConfiguration(configuration({ remote: { cidr } }));
    expect(reading.ready && reading.pod.map(({ real, name }) => [real.text, name.text])).toEqual([
      ['10.244.0.0/16', '10.71.0.0/16'],
    ]);
  });

  it.each([
    ['without a status', undefined, 'no name is given yet to the remote pod range 10.244.0.0/16'],
    [
      'with an empty slot',
      { remote: { cidr: { ...cidr, external: [''] } } },
      'no name is given yet to the remote external range 10.70.0.0/16',
    ],
    ['with its condition False', { remote: { cidr }, conditions: [condition('False', 2)] }, 'words'],
    [
      'with a condition of an older generation',
      { remote: { cidr }, conditions: [condition('True', 1)] },
      'its latest change is not processed yet',
    ],
    [
      'with a name of another length',
      { remote: { cidr: { ...cidr, pod: ['10.71.0.0/17'] } } },
      'the pod range 10.244.0.0/16 has a name of another length, 10.71.0.0/17',
    ],
  ])('%s is not ready, and says why', (_, status, reason) => {
    expect(readConfiguration(configuration(status))).toEqual({ ready: false, reason });
  });

  it('of Liqo 1.2 is ready with its condition True for this generation', () => {
    expect(readConfiguration(configuration({ remote: { cidr }, conditions: [condition('True', 2)] })).ready).toBe(true);
  });

  it('with a malformed range is not ready, and names the field', () => {
    const reading = readConfiguration(configuration({ remote: { cidr: { ...cidr, pod: ['10.071.0.0/16'] } } }));
    expect(reading).toMatchObject({ ready: false, reason: expect.stringContaining('status.remote.cidr.pod[0]') });
  });
});
