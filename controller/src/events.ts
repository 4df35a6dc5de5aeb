import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';

/** What people are told in `kubectl describe`, beside the status; reasons are those of the conditions where there is one. */
export interface OperatorEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: 'Connect' | 'Adopt' | 'Repair' | 'RotateKeys' | 'LogIn' | 'CleanUp';
  readonly note: string;
}

/** Where people are told: an event recorder. */
export interface OperatorEvents {
  record(regarding: VirtualNodeShortcut | LeafCluster, event: OperatorEvent): void;
}
