/** Every way in which a lab says no. Codes are stable. */
export const labErrorCodes = {
  LAB_ARGUMENT: 'What was asked for cannot be built; the message names each problem.',
  LAB_DIRECTORY: 'The directory holds something else, or another command works on it.',
  LAB_RUNNING: 'The lab runs already.',
  LAB_NOT_RUNNING: 'The lab does not run.',
  LAB_START_FAILED: 'A part or a step of the start failed; everything is stopped.',
  LAB_INTERRUPTED: "The caller's signal ended the start; everything is stopped.",
  LAB_TIMEOUT: 'Something did not become true in time.',
  LAB_COMMAND: 'A command of the machine failed, or the machine lacks something.',
  LAB_NEEDS_ROOT: 'The machine keeps from this user what it would allow to root.',
  LAB_DISK_FULL: 'There is no room for files; the message says where.',
} as const;

/** A code of {@link LabError}; see {@link labErrorCodes}. */
export type LabErrorCode = keyof typeof labErrorCodes;

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
