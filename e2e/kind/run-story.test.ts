import { describe, expect, it } from 'vitest';
import { type Ending, runStory, type StoryPorts } from './run-story.ts';
import type { Step } from './step.ts';

const ok: Ending = { code: 0, stdout: '', stderr: '' };

/** Runs steps in a world that answers each command line as told, and notes everything that happens. */
async function run(
  steps: readonly Step[],
  answers: Readonly<Record<string, readonly Partial<Ending>[]>> = {},
  options: { readonly interruptAt?: string } = {},
) {
  const ran: string[] = [];
  const said: string[] = [];
  const files = new Map<string, string>();
  const interrupted = new AbortController();
  const left = new Map(Object.entries(answers).map(([line, endings]) => [line, [...endings]]));
  let nowMs = 0;
  const ports: StoryPorts = {
    exec: async (command) => {
      const line = command.join(' ');
      ran.push(line);
      if (line === options.interruptAt) interrupted.abort(new Error('interrupted'));
      const endings = left.get(line) ?? [];
      const ending = endings.length > 1 ? endings.shift() : endings[0];
      return { ...ok, ...ending };
    },
    write: async (file, content) => void files.set(file, content),
    say: (line) => said.push(line),
    sleep: async (ms) => {
      nowMs += ms;
    },
    now: () => nowMs,
  };
  const failure = await runStory(steps, ports, { signal: interrupted.signal, diagnostics: [['look']] }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { ran, said, files, failure };
}

const make = (name: string): Step => ({ what: name, command: ['make', name], undo: ['remove', name] });

describe('a story', () => {
  it('runs its steps in order, and takes back what they made, the last first', async () => {
    const { ran, failure } = await run([make('a'), { what: 'use', command: ['use'] }, make('b')]);
    expect(ran).toEqual(['make a', 'use', 'make b', 'remove b', 'remove a']);
    expect(failure).toBeUndefined();
  });

  it('ends at the first failure, shows what helps to understand it, and then takes everything back', async () => {
    const { ran, failure, said } = await run([make('a'), make('b'), make('c')], {
      'make b': [{ code: 7, stderr: 'no room\n' }],
      look: [{ stdout: 'all of it' }],
    });
    expect(ran).toEqual(['make a', 'make b', 'look', 'remove b', 'remove a']);
    expect(failure).toBe('b failed: make b\nit ended with code 7: no room');
    expect(said).toContain('$ look\nall of it');
  });

  it('takes everything back when it is interrupted, and begins nothing new', async () => {
    const { ran, failure } = await run([make('a'), make('b'), make('c')], {}, { interruptAt: 'make b' });
    expect(ran).toEqual(['make a', 'make b', 'remove b', 'remove a']);
    expect(failure).toBe('interrupted');
  });

  it('goes on taking back when one thing cannot be, and says so', async () => {
    const { ran, said } = await run([make('a'), make('b')], { 'remove b': [{ code: 1, stderr: 'busy' }] });
    expect(ran.slice(-2)).toEqual(['remove b', 'remove a']);
    expect(said).toContain('not taken back (b): remove b: busy');
  });

  it('does not take back twice what a step has taken back', async () => {
    const stop: Step = { what: 'stop', command: ['stop'], undo: ['go'] };
    const go: Step = { what: 'go', command: ['go'], takesBack: 'stop' };
    expect((await run([stop, go])).ran).toEqual(['stop', 'go']);
    expect((await run([stop, { what: 'look', command: ['fail'] }, go], { fail: [{ code: 1 }] })).ran).toEqual([
      'stop',
      'fail',
      'look',
      'go',
    ]);
  });

  it('hands on what steps save and derive, and writes what belongs into files', async () => {
    const { ran, files } = await run(
      [
        { what: 'ask', command: ['ask'], saves: 'rome.address' },
        { what: 'keep', command: ['dial', '{rome.address}'], file: '/tmp/kept' },
        {
          what: 'double',
          derive: (values) => ({ 'rome.twice': `${values['rome.address']}${values['rome.address']}` }),
          command: ['say', '{rome.twice}', '{{range .Go}}{{end}}'],
        },
      ],
      { ask: [{ stdout: ' x\n' }], 'dial x': [{ stdout: 'kept\n' }] },
    );
    expect(ran).toEqual(['ask', 'dial x', 'say xx {{range .Go}}{{end}}']);
    expect(files.get('/tmp/kept')).toBe('kept\n');
  });

  it('tries again what may take a while, but not for ever', async () => {
    const step: Step = { what: 'fetch', command: ['fetch'], expects: 'Welcome', forSeconds: 10 };
    const soon = await run([step], { fetch: [{ code: 1 }, { stdout: 'Not yet' }, { stdout: 'Welcome to nginx' }] });
    expect(soon).toMatchObject({ ran: ['fetch', 'fetch', 'fetch'], failure: undefined });
    const never = await run([step], { fetch: [{ stdout: 'Not yet' }] });
    expect(never.ran.filter((line) => line === 'fetch')).toHaveLength(6);
    expect(never.failure).toBe('fetch failed: fetch\nit printed "Not yet" instead of Welcome');
  });

  it('fails for a value that nobody saved, before anything runs with a hole in it', async () => {
    const { ran, failure } = await run([{ what: 'dial', command: ['dial', '{milan.address}'] }]);
    expect(ran).toEqual(['look']);
    expect(failure).toBe('dial {milan.address}: no step has saved milan.address');
  });
});
