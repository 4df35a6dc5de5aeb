/**
 * Measures the operator when it starts beside a fleet in memory that has all of its shortcuts: `main-cold.ts
 * <FleetArguments as JSON>`, in a process that has not run it before. The facts are a message to its parent.
 */
import { firstFreeLink } from '../shape.ts';
import type { ColdFacts, FleetArguments } from './facts.ts';
import { SimulatedFleet } from './fleet.ts';
import { untilIdle } from './until-idle.ts';

const { size, saved } = JSON.parse(process.argv[2] ?? '') as FleetArguments;

const facts = await measure();
process.send?.(facts, () => process.exit());

async function measure(): Promise<ColdFacts> {
  const fleet = new SimulatedFleet(size, saved);
  // What stands for the clusters reads all that there is.
  await untilIdle();
  const { objects } = fleet;
  const begin = performance.now();
  fleet.startOperator();
  const name = fleet.create(firstFreeLink(size));
  await fleet.board.until(() => fleet.board.isReady(name));
  const seconds = (performance.now() - begin) / 1_000;
  await fleet.calm();
  return { seconds, requests: fleet.requests, objects };
}
