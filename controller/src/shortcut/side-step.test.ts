import { expect, it } from 'vitest';
import { actionWords, aShortcut, World } from '../testing/world.ts';

it.each(['rome', 'milan'] as const)('the server moves to the other leaf only when %s answers too', (away) => {
  const world = new World();
  world.settle();
  expect(world.milan.servers).toHaveLength(1);
  world.shortcut = aShortcut({ spec: { gateway: { server: 'rome' } }, metadata: { generation: 2 } });
  world[away].unreachable = 'it does not answer';
  for (const leaf of ['rome', 'milan']) expect(actionWords(world.decide(), leaf)).toEqual([]);
  world[away].unreachable = undefined;
  world.settle();
  expect(world.rome.servers).toHaveLength(1);
});
