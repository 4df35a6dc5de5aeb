import { writeSync } from 'node:fs';
import { type DestinationStream, pino } from 'pino';

/** Lines wait for others until they are so many characters together, or until this time has passed. */
const chunkLength = 16_000;
const longestWaitMs = 100;

/** While nobody reads them, no more than so many bytes wait: rather a line is lost than that nothing is admitted. */
const waitingBytes = 8 * 1024 * 1024;

const standardError = 2;

/**
 * Standard error for a log of many lines: they go out together and without keeping anybody waiting, and the rest before
 * the process ends. `onDropped` is told how many lines were lost. Pino's own collecting looks at all that waits for each
 * line that comes, so the lines are put together before it gets them.
 */
export function createSystemLog(onDropped: (lines: number) => void): DestinationStream {
  const sink = pino.destination({ dest: standardError, sync: false, maxLength: waitingBytes });
  sink.on('drop', (chunk: string) => onDropped(chunk.split('\n').length - 1));
  let lines: string[] = [];
  let length = 0;

  function take(): string {
    const chunk = lines.join('');
    [lines, length] = [[], 0];
    return chunk;
  }
  const flush = (): void => {
    if (length > 0) sink.write(take());
  };
  setInterval(flush, longestWaitMs).unref();
  process.once('exit', () => {
    try {
      sink.flushSync();
    } catch {
      // It has ended already, with nothing left.
    }
    if (length > 0) writeSync(standardError, take());
  });
  return {
    write: (line) => {
      lines.push(line);
      length += line.length;
      if (length >= chunkLength) flush();
    },
  };
}
