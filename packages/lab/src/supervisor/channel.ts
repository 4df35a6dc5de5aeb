import type { Readable } from 'node:stream';

/** What the supervisor tells the command that started it, one JSON document a line. */
export type SupervisorMessage =
  /** The supervisor runs: its frame can be looked up. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly text: string };

/** The messages until the supervisor closes its end; throws when this end is destroyed meanwhile. */
export async function* readMessages(channel: Readable): AsyncGenerator<SupervisorMessage> {
  let rest = '';
  for await (const chunk of channel) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as SupervisorMessage;
  }
}

/** One message as it goes over the channel. */
export function formatMessage(message: SupervisorMessage): string {
  return `${JSON.stringify(message)}\n`;
}
