import { describe, expect, test } from 'vitest';
import { offerSudo } from './sudo.ts';

async function offered(input: { answer?: string; isInteractive?: boolean }) {
  const printed: string[] = [];
  const asked: string[] = [];
  const ran: (readonly string[])[] = [];
  const code = await offerSudo({
    command: ['/opt/node', '/clone/main.js', 'lab', 'up', '--dir', "/tmp/Ada's lab"],
    environment: { PATH: '/usr/bin:/opt', HTTPS_PROXY: 'http://proxy:3128', HOME: '/home/ada', LD_PRELOAD: '/x.so' },
    isInteractive: input.isInteractive ?? true,
    print: (line) => printed.push(line),
    ask: async (question) => {
      asked.push(question);
      return input.answer ?? '';
    },
    run: async (command) => {
      ran.push(command);
      return 7;
    },
  });
  return { code, printed, asked, ran };
}

describe('sudo', () => {
  test.each(['y', 'Y', ' yes ', 'YES'])('runs the same command again when the answer is %j', async (answer) => {
    const { code, ran } = await offered({ answer });
    expect(code).toBe(7);
    expect(ran).toEqual([
      [
        ...['sudo', '-H', '--', 'env', 'PATH=/usr/bin:/opt', 'HTTPS_PROXY=http://proxy:3128'],
        ...['/opt/node', '/clone/main.js', 'lab', 'up', '--dir', "/tmp/Ada's lab"],
      ],
    ]);
  });

  test.each(['', 'n', 'no', 'yeah', 'sure, why not'])('runs nothing when the answer is %j', async (answer) => {
    const { code, ran, asked } = await offered({ answer });
    expect([code, ran]).toEqual([1, []]);
    expect(asked).toEqual(['Run this command again with sudo? [y/N] ']);
  });

  test('without a terminal nobody is asked, and the command is printed for a shell', async () => {
    const { code, printed, asked, ran } = await offered({ isInteractive: false, answer: 'y' });
    expect([code, asked, ran]).toEqual([1, [], []]);
    expect(printed).toEqual([
      "the same as root: sudo -H -- env PATH=/usr/bin:/opt HTTPS_PROXY=http://proxy:3128 /opt/node /clone/main.js lab up --dir '/tmp/Ada'\\''s lab'",
    ]);
  });
});
