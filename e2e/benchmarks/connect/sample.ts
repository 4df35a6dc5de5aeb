import type { RequestCount } from '../audit/count-requests.ts';

/** Whether the tenant namespaces of the pair were there before, as on leaves that are peered already. */
export type Setting = 'absent' | 'present';

/** One connect, measured. */
export interface ConnectSample {
  readonly setting: Setting;
  /** From sending the create to seeing Ready. */
  readonly readyMs: number;
  /** From sending the delete to seeing the shortcut gone. */
  readonly goneMs: number;
  /** From the create to the write of Ready, by the servers' logs. */
  readonly controller: RequestCount;
  readonly agents: RequestCount;
  readonly webhook: RequestCount;
  /** The controller's, from then on, for two seconds. */
  readonly trailing: RequestCount;
}
