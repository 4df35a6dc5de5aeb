import { describe, expect, it } from 'vitest';
import { helpText, parseBenchArguments } from './arguments.ts';
import type { Benchmark } from './benchmark.ts';

const benchmark = (name: string, full: number): Benchmark => ({
  name,
  summary: `measures ${name}`,
  seconds: { full, quick: 10 },
  clusters: ['central', 'rome'],
  run: () => Promise.reject(new Error('not run here')),
});
const catalogue = [benchmark('connect', 180), benchmark('steady', 60)];
const parse = (...args: string[]) => parseBenchArguments(args, catalogue);

describe('the arguments of bench', () => {
  it.each([
    { args: [], names: ['connect', 'steady'] },
    { args: ['steady'], names: ['steady'] },
    { args: ['steady', 'connect', 'steady'], names: ['connect', 'steady'] },
  ])('$args run $names', ({ args, names }) => {
    const request = parse(...args);
    expect(request.kind === 'run' && request.benchmarks.map(({ name }) => name)).toEqual(names);
  });

  it('are also --json and --quick', () => {
    expect(parse('connect', '--json', '--quick')).toMatchObject({ kind: 'run', json: true, quick: true });
    expect(parse()).toMatchObject({ json: false, quick: false });
  });

  it('are mistaken with an unknown name, which is told, beside a known one too', () => {
    expect(parse('connect', 'conect')).toEqual({ kind: 'mistake', message: "there is no benchmark 'conect'" });
  });

  it('are mistaken with an unknown flag', () => {
    expect(parse('--fast')).toMatchObject({ kind: 'mistake', message: expect.stringContaining('--fast') });
  });

  it('ask for help, which lists every benchmark with the time that it takes', () => {
    expect(parse('nonsense', '--help').kind).toBe('help');
    const text = helpText(catalogue).join('\n');
    expect(text).toMatch(/connect +measures connect +3\.0 min +10 s/);
    expect(text).toMatch(/steady +measures steady +60 s +10 s/);
    expect(text).toMatch(/together +4\.0 min +20 s/);
  });
});
