import { describe, expect, it } from 'vitest';
import { formatStatus } from './status.ts';

describe('formatStatus', () => {
  it('shows every part in aligned columns, without a pid where there is none', () => {
    const text = formatStatus({
      directory: '/labs/x',
      phase: 'ready',
      clusters: ['central', 'rome'],
      parts: [
        { name: 'etcd-central', cluster: 'central', kind: 'etcd', pid: 4711, state: 'running', restarts: 0 },
        { name: 'rome/web', cluster: 'rome', kind: 'pod', pid: null, state: 'restarting', restarts: 2 },
      ],
    });
    expect(text.split('\n')).toEqual([
      'lab in /labs/x: ready',
      'NAME          CLUSTER  KIND  PID   STATE       RESTARTS',
      'etcd-central  central  etcd  4711  running     0',
      'rome/web      rome     pod   -     restarting  2',
    ]);
  });
});
