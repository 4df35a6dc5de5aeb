import { describe, expect, it } from 'vitest';
import type { Configuration } from '../api/types.ts';
import { readUsedRanges } from './networks.ts';

const configuration = (labels: Record<string, string>) => ({
  apiVersion: 'networking.liqo.io/v1beta1',
  kind: 'Configuration',
  metadata: { name: 'link', labels },
  spec: { remote: { cidr: { pod: ['10.244.0.0/16'], external: [] } } },
  status: { remote: { cidr: { pod: ['10.71.0.0/16'], external: [] } } },
});

it('a name given to a range of another cluster is in use, and for which', () => {
  expect(readUsedRanges([], [configuration({ 'liqo.io/remote-cluster-id': 'milan' })])).toEqual([
    { cidr: '10.71.0.0/16', owner: "name of milan's pods", remoteClusterID: 'milan', real: '10.244.0.0/16' },
  ]);
});

it('a name is in use also where the label does not say for which cluster', () => {
  const inUse = [{ cidr: '10.71.0.0/16', owner: 'link' }];
  expect(readUsedRanges([], [configuration({})])).toEqual(inUse);
  expect(readUsedRanges([], [configuration({ 'liqo.io/remote-cluster-id': 'Not_An_ID' })])).toEqual(inUse);
});

describe('a name that is asked for', () => {
  const { status: _, ...unanswered } = configuration({ 'liqo.io/remote-cluster-id': 'milan' });
  const asking = (wanted: string): Configuration => {
    const metadata = { ...unanswered.metadata, annotations: { 'leafway.dev/wanted-cidrs': wanted } };
    return { ...unanswered, metadata };
  };
  const forMilan = { owner: "name of milan's pods", remoteClusterID: 'milan', real: '10.244.0.0/16' };

  it('is in use until the cluster has given one', () => {
    const asked = asking('{"pod":["10.75.0.0/16"],"external":[]}');
    expect(readUsedRanges([], [asked])).toEqual([{ cidr: '10.75.0.0/16', ...forMilan }]);
    const given = { remote: { cidr: { pod: ['10.71.0.0/16'], external: [] } } };
    expect(readUsedRanges([], [{ ...asked, status: given }])).toEqual([{ cidr: '10.71.0.0/16', ...forMilan }]);
  });

  it('is free when the cluster refused it', () => {
    const condition = { type: 'NetworkCIDRsConfigured', status: 'False', reason: 'WantedCIDRsTaken', message: 'taken' };
    const refused = { ...asking('{"pod":["10.75.0.0/16"],"external":[]}'), status: { conditions: [condition] } };
    expect(readUsedRanges([], [refused as Configuration])).toEqual([]);
  });

  it('is nothing where it is no range, or more than there are ranges to name', () => {
    expect(readUsedRanges([], [asking('{"pod":["nonsense"],"external":["10.76.0.0/16"]}')])).toEqual([]);
    expect(readUsedRanges([], [asking('{"pod":{}}')])).toEqual([]);
  });
});

it('a name stands for the range that its Network was made for, whatever the Configuration says since', () => {
  const labels = { 'liqo.io/remote-cluster-id': 'milan' };
  const network = {
    apiVersion: 'ipam.liqo.io/v1alpha1',
    kind: 'Network',
    metadata: { name: 'link-pod', labels },
    spec: { cidr: '10.200.0.0/16' },
    status: { cidr: '10.71.0.0/16' },
  };
  expect(readUsedRanges([network], [configuration(labels)])).toEqual([
    { cidr: '10.71.0.0/16', owner: "name of milan's pods", remoteClusterID: 'milan', real: '10.200.0.0/16' },
  ]);
});
