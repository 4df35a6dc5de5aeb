import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartValues, renderValuesFile, renderValuesTable, type ValueSchema } from './chart-values.ts';

const schema: ValueSchema = {
  properties: {
    program: {
      description: 'A program | its settings.',
      properties: {
        replicas: { description: `How many run, ${'again and '.repeat(20)}again.`, type: 'integer', default: 2 },
        image: { $ref: '#/definitions/image', default: { name: 'it' } },
        labels: { description: 'Labels.', $ref: '#/definitions/labels' },
      },
    },
    global: { type: 'object' },
  },
  definitions: {
    image: { description: 'Its image.', properties: { name: { description: 'Its name.', type: 'string' } } },
    labels: { description: 'Of no use here.', type: 'object', default: {} },
  },
};

describe('the values of a chart', () => {
  it('become a file with the defaults, each below a comment', () => {
    const file = renderValuesFile(schema, 'Generated.');
    expect(parse(file)).toEqual({ program: { replicas: 2, image: { name: 'it' }, labels: {} } });
    expect(file).toContain('    # Its name.\n    name: it\n');
    expect(file).toContain('  # Labels.\n  labels: {}\n');
    expect(Math.max(...file.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('become a table without the groups', () => {
    expect(renderValuesTable(schema).split('\n')).toEqual([
      '| Value | Default | Meaning |',
      '| --- | --- | --- |',
      expect.stringMatching(/^\| `program\.replicas` \| `2` \| How many run/),
      '| `program.image.name` | `"it"` | Its name. |',
      '| `program.labels` | `{}` | Labels. |',
    ]);
  });

  it('may not be left without a description or a default', () => {
    const holes: [ValueSchema, string][] = [
      [{ properties: { a: { default: 1 } } }, 'the value a has no description'],
      [{ properties: { a: { description: 'A.' } } }, 'the value a has no default'],
      [{ properties: { a: { $ref: '#/definitions/b' } } }, '#/definitions/b is not among the definitions'],
    ];
    for (const [hole, words] of holes) expect(() => chartValues(hole)).toThrow(words);
  });
});
