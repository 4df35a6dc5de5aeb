import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';
import { FakeTerminal } from './testing/fake-terminal.ts';

const program = createProgram({ version: '0', defaultLabDirectory: '/l', demoDirectory: '/d' } as Terminal);

/** Every command that does something, by the words that start it. */
function commandsOf(parent: Command, words: readonly string[] = []): (readonly [string, Command])[] {
  return parent.commands.flatMap((command) => {
    const path = [...words, command.name()];
    return command.commands.length > 0 ? commandsOf(command, path) : [[path.join(' '), command] as const];
  });
}

const commands = commandsOf(program);
const documents = ['../README.md', '../../../README.md'].map((path) =>
  readFileSync(new URL(path, import.meta.url), 'utf8'),
);

describe('the command line', () => {
  it.each(commands.filter(([words]) => !/^(lab|demo)/.test(words) && words !== 'leaf list'))(
    'shows examples in the help of %s',
    async (words) => {
      const { code, out } = await new FakeTerminal().run(...words.split(' '), '--help');
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
      expect(out).toContain(`leafway ${words} `);
    },
  );

  it('prints its version', async () => {
    expect(await new FakeTerminal().run('--version')).toEqual({ code: 0, out: '1.2.3', err: '' });
  });

  it('documents its exit codes', async () => {
    expect((await new FakeTerminal().run('--help')).out).toMatch(/Exit codes: 0 .*; 1 .*; 2 .*; 130/);
  });

  it.each(commands)('describes %s in its README', (words) => {
    expect(documents[0]).toContain(`leafway ${words}`);
  });

  it('has every command and option that the READMEs show', () => {
    const shown = documents.flatMap((text) => [
      ...text.matchAll(/(?<![@/-]|helm \w+ )\bleafway ([a-z]+(?: [a-z]+)?)([^`\n|#]*)/g),
    ]);
    expect(shown.length).toBeGreaterThan(10);
    for (const [line, words = '', rest = ''] of shown) {
      const found = commands.find(([path]) => words === path || words.startsWith(`${path} `));
      expect(found, `${line.trim()} is shown in a README`).toBeDefined();
      const known = ['--help', ...(found?.[1].options.flatMap(({ long, short }) => [long, short]) ?? [])];
      const used = rest.split(' -- ', 1)[0]?.match(/(?<=\s)--?[a-z][a-z-]*/g) ?? [];
      expect(known, `${line.trim()} is shown in a README`).toEqual(expect.arrayContaining(used));
    }
  });
});
