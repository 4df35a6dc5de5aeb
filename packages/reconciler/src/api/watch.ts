import type { KubeObject, WatchEvent } from './kube-api.ts';
import { refusal, unexpected } from './translate.ts';

/** Reads the lines of a watch. Throws `ApiError` for an `ERROR` event and for what is no event. */
export async function* readWatch<T extends KubeObject>(
  operation: string,
  lines: AsyncIterable<string>,
): AsyncGenerator<WatchEvent<T>> {
  for await (const line of lines) {
    if (line !== '') yield parseEvent<T>(operation, line);
  }
}

function parseEvent<T extends KubeObject>(operation: string, line: string): WatchEvent<T> {
  const { type, object } = parseLine(operation, line);
  if (type === 'ERROR') throw refusal(operation, 500, object);
  const { resourceVersion, annotations } = (object as Partial<T> | undefined)?.metadata ?? {};
  if (typeof resourceVersion !== 'string')
    throw unexpected(operation, `a ${String(type)} event without resourceVersion`);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: object as T, bytes: line.length };
    case 'BOOKMARK':
      return { type, resourceVersion, endsInitialEvents: annotations?.['k8s.io/initial-events-end'] === 'true' };
    default:
      throw unexpected(operation, `an event of unknown type ${JSON.stringify(type)}`);
  }
}

function parseLine(operation: string, line: string): { type?: unknown; object?: unknown } {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event === 'object' && event !== null) return event;
  } catch (error) {
    throw unexpected(operation, 'a watch event that is not JSON', error);
  }
  throw unexpected(operation, 'a watch event that is not an object');
}
