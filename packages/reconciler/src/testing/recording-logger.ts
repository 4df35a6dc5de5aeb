import type { Logger } from '../ports/logger.ts';

/** One line of a log, with the fields of its parents. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A logger that remembers its lines. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const create = (inherited: object): Logger => {
    const write = (level: LogLine['level']) => (fields: object, message: string) =>
      void lines.push({ level, fields: { ...inherited, ...fields }, message });
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => create({ ...inherited, ...fields }),
    };
  };
  return { logger: create({}), lines };
}
