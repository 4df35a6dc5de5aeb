/**
 * Every way in which a lab says no:
 * - `LAB_ARGUMENT`: what was asked for cannot be built, the message names each problem;
 * - `LAB_DIRECTORY`: the directory holds something else, or another command works on it;
 * - `LAB_RUNNING`, `LAB_NOT_RUNNING`: the lab is in the other state;
 * - `LAB_START_FAILED`: a part or a step of the start failed, everything is stopped;
 * - `LAB_INTERRUPTED`: the caller's signal ended the start, everything is stopped;
 * - `LAB_TIMEOUT`: something did not become true in time;
 * - `LAB_COMMAND`: a command of the machine failed, or the machine lacks something;
 * - `LAB_NEEDS_ROOT`: the machine keeps from this user what it would allow to root;
 * - `LAB_DISK_FULL`: there is no room for files, the message says where.
 */
export type LabErrorCode =
  | 'LAB_ARGUMENT'
  | 'LAB_DIRECTORY'
  | 'LAB_RUNNING'
  | 'LAB_NOT_RUNNING'
  | 'LAB_START_FAILED'
  | 'LAB_INTERRUPTED'
  | 'LAB_TIMEOUT'
  | 'LAB_COMMAND'
  | 'LAB_NEEDS_ROOT'
  | 'LAB_DISK_FULL';

/** The one error type of this package; the message is meant for the person at the terminal. */
export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
  }
}

/** True for a `LabError`, with that code when one is given. */
export function isLabError(error: unknown, code?: LabErrorCode): error is LabError {
  return (
    error instanceof Error && error.name === 'LabError' && (code === undefined || (error as LabError).code === code)
  );
}

/** What an unknown thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
