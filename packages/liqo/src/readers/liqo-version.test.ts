import { describe, expect, it } from 'vitest';
import type { Configuration, Network } from '../api/types.ts';
import { buildNetwork } from '../builders/cluster.ts';
import { buildConfiguration } from '../builders/link.ts';
import { readLiqoVersion } from './liqo-version.ts';

function podNetwork(labels: Record<string, string>): Network {
  const network = buildNetwork({ name: 'pod-cidr', type: 'pod', cidr: '10.244.0.0/16', liqoNamespace: 'liqo' });
  return { ...network, metadata: { ...network.metadata, labels: { ...network.metadata.labels, ...labels } } };
}

const chart = (version: string) => ({ 'app.kubernetes.io/part-of': 'liqo', 'app.kubernetes.io/version': version });

function aConfiguration(over: { labels?: Record<string, string>; status?: Configuration['status'] }): Configuration {
  const side = { remoteClusterID: 'central', namespace: 'liqo-tenant-central', extra: { labels: over.labels } };
  const built = buildConfiguration(side, { remotePod: ['10.0.0.0/16'], remoteExternal: ['10.70.0.0/16'] });
  return { ...built, ...(over.status === undefined ? {} : { status: over.status }) };
}

const labelled = aConfiguration({ labels: { 'configuration.liqo.io/configured': 'true' } });
const conditioned = aConfiguration({
  status: {
    conditions: [{ type: 'NetworkCIDRsConfigured', status: 'True', reason: '', message: '', lastTransitionTime: '' }],
  },
});

describe('which Liqo runs a cluster', () => {
  it.each<[string, string, string]>([
    ['v1.0.3', 'v1.0.3', '1.0'],
    ['v1.1.2', 'v1.1.2', '1.0'],
    ['1.2.0', '1.2.0', '1.2'],
    ['v1.10.1-rc.2', 'v1.10.1-rc.2', '1.2'],
    ['v2.0.0', 'v2.0.0', '1.2'],
  ])('is told by the label of its chart: %s', (label, version, dialect) => {
    expect(readLiqoVersion({ networks: [podNetwork(chart(label))], configurations: [] })).toEqual({ version, dialect });
  });

  it('is told by what it does where it was built from a commit', () => {
    const networks = [podNetwork(chart('557c199cf'))];
    const read = (configurations: Configuration[]) => readLiqoVersion({ networks, configurations }).dialect;
    expect(read([])).toBeUndefined();
    expect(read([labelled])).toBe('1.0');
    expect(read([labelled, conditioned])).toBe('1.2');
    const shared = podNetwork({ 'ipam.liqo.io/network-shared': 'true' });
    expect(readLiqoVersion({ networks: [shared], configurations: [] })).toEqual({ dialect: '1.2' });
  });

  it('believes what it does more than its label', () => {
    const networks = [podNetwork(chart('v1.1.2'))];
    expect(readLiqoVersion({ networks, configurations: [conditioned] }).dialect).toBe('1.2');
  });

  it('stays unknown without a word of it, or with a strange one', () => {
    expect(readLiqoVersion({ networks: [], configurations: [] })).toEqual({});
    const strange = { 'app.kubernetes.io/part-of': 'other', 'app.kubernetes.io/version': 'v1.2.0' };
    for (const labels of [strange, chart('v1\u001b[2J'), chart('v'.repeat(65)), chart(''), chart(1 as never)]) {
      expect(readLiqoVersion({ networks: [podNetwork(labels)], configurations: [] })).toEqual({});
    }
  });
});
