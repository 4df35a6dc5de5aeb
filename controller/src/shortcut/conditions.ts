/**
 * The conditions of a VirtualNodeShortcut in the order in which they become true, and every reason they can have.
 * All are positive: True is good. `Ready` is computed from the others.
 */
export const conditionTypes = [
  'Accepted',
  'LeavesReachable',
  'NetworkConfigured',
  'GatewaysReady',
  'KeysExchanged',
  'Connected',
  'Ready',
] as const;

export type ConditionType = (typeof conditionTypes)[number];

/** Stable words for machines; the message beside them is for people. */
export const reasons = {
  Accepted: ['Accepted', 'Conflicted', 'Invalid', 'LinkExists', 'CleanupPending', 'FactsUnknown'],
  LeavesReachable: ['AllReachable', 'LeafUnreachable', 'LeafUnknown'],
  NetworkConfigured: [
    'Configured',
    'WaitingForConfiguration',
    'NamespaceAmbiguous',
    'RemoteCIDRsDiffer',
    'NamesDiffer',
    'LeafNotRead',
  ],
  GatewaysReady: ['Ready', 'WaitingForServer', 'WaitingForClient', 'LeafNotRead'],
  KeysExchanged: ['Exchanged', 'WaitingForKey', 'LeafNotRead'],
  Connected: [
    'Connected',
    'WaitingForConnection',
    'ConnectionError',
    'ConnectionStale',
    'WaitingForProbe',
    'ProbeFailed',
    'LeafNotRead',
  ],
  Ready: ['Ready', 'NotReady', 'LeafError', 'Paused', 'Deleting'],
} as const satisfies Record<ConditionType, readonly string[]>;

/** One verdict, before it has a time. */
export type Verdict = {
  [T in ConditionType]: {
    readonly type: T;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: (typeof reasons)[T][number];
    readonly message: string;
  };
}[ConditionType];

/** One word for people, in `kubectl get vns`. */
export const phases = ['Refused', 'Waiting', 'Connecting', 'Ready', 'Degraded', 'Paused', 'Deleting'] as const;

export type Phase = (typeof phases)[number];
