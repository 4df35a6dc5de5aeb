import type { Logger } from '@leafway/reconciler';

/** Says nothing: what matters of it is told in the words of a command. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
