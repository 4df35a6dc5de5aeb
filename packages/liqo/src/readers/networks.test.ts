import { expect, it } from 'vitest';
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
