import { describe, expect, it } from 'vitest';
import { nearest, suggestion } from './nearest.ts';

const leaves = ['rome', 'milan', 'paris', 'milan-2'];

describe('nearest', () => {
  it.each([
    ['a letter too many', 'romee', 'rome'],
    ['a letter too few', 'pars', 'paris'],
    ['another letter', 'tome', 'rome'],
    ['two letters swapped', 'milna', 'milan'],
    ['a long name with two mistakes', 'mlian-3', 'milan-2'],
  ])('forgives %s', (_, typed, meant) => {
    expect(nearest(typed, leaves)).toBe(meant);
  });

  it('suggests nothing rather than anything', () => {
    expect(nearest('atlantis', leaves)).toBeUndefined();
    expect(nearest('rome', [])).toBeUndefined();
    expect(suggestion('atlantis', leaves)).toBe('');
  });
});
