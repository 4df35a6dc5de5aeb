/** What ends a command early, and with which exit code. The codes are documented in `leafway --help`. */
const exitCodes = {
  /** It was tried and did not work, or it was refused. */
  FAILED: 1,
  /** The command was not called as it has to be; nothing was tried. */
  USAGE: 2,
  /** The user ended it; what a shell expects of a command that ended by Ctrl-C. */
  INTERRUPTED: 130,
} as const;

/** A reason for which a command ends; its message is one sentence for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: keyof typeof exitCodes;

  constructor(code: keyof typeof exitCodes, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/** The error of a command that was not called as it has to be. */
export function usageError(message: string): CliError {
  return new CliError('USAGE', message);
}

/** The error of a command that did what it could. */
export function failed(message: string, cause?: unknown): CliError {
  return new CliError('FAILED', message, { cause });
}
