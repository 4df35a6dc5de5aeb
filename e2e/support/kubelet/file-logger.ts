import { appendFileSync } from 'node:fs';
import type { Logger } from '@leafway/reconciler';

/** Writes what went wrong to a file, for whoever has to find out why a test failed. */
export function fileLogger(path: string, common: object = {}): Logger {
  const write = (fields: object, message: string): void => {
    appendFileSync(path, `${JSON.stringify({ message, ...common, ...fields }, errorsAsText)}\n`);
  };
  return {
    debug: () => {},
    info: () => {},
    warn: write,
    error: write,
    child: (fields) => fileLogger(path, { ...common, ...fields }),
  };
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.message}` : value;
}
