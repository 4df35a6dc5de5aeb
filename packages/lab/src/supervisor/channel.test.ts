import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { formatMessage, readMessages, type SupervisorMessage } from './channel.ts';

describe('readMessages', () => {
  it('reads messages whatever way they are cut', async () => {
    const messages: SupervisorMessage[] = [{ kind: 'hello' }, { kind: 'progress', text: 'a\nb' }, { kind: 'ready' }];
    const text = messages.map(formatMessage).join('');
    const pieces = [text.slice(0, 5), text.slice(5, 30), text.slice(30)];
    const read: SupervisorMessage[] = [];
    for await (const message of readMessages(Readable.from(pieces))) read.push(message);
    expect(read).toEqual(messages);
  });
});
