/**
 * Measures the operator in a fleet in memory: `main-fleet.ts <FleetArguments as JSON>`; the facts are a message to its
 * parent, and the fleet with all of its shortcuts is written down for others to begin with.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../../statistics/summary.ts';
import { firstFreeLink, linkOf } from '../shape.ts';
import type { FleetArguments, IsolationFacts, OperationFacts, SimulatedFacts } from './facts.ts';
import { type Disorder, SimulatedFleet } from './fleet.ts';

const { size, saved } = JSON.parse(process.argv[2] ?? '') as FleetArguments;
const counts = { operations: 15, healthy: 120, steadyMs: 10_000, pauseMs: 1_000, disorderMs: 5_000, forgetMs: 5_000 };
const fleet = new SimulatedFleet(size);
const { board } = fleet;
/** Shortcuts that the fleet does not have, for trying what one costs. */
const free = firstFreeLink(size);
const leafNumbers = Array.from({ length: size.leaves }, (_, leaf) => leaf);

const facts = await measure();
process.send?.(facts, () => process.exit());

async function measure(): Promise<Omit<SimulatedFacts, 'cold' | 'memory'>> {
  fleet.startOperator();
  while (!fleet.knowsLeaves) await delay(100);
  const build = await amidPings(buildFleet);
  const operations = await amidPings(operate);
  const steady = await beQuiet();
  fleet.save(saved);
  const hung = await amidPings(() => isolate('hangs', 2));
  const failing = await amidPings(() => isolate('fails', 3));
  return { size, build, operations, steady, isolation: { hung, failing } };
}

async function amidPings<T>(act: () => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const pinging = fleet.keepAlive(stop.signal);
  try {
    return await act();
  } finally {
    stop.abort();
    await pinging;
  }
}

/** All shortcuts at once. */
async function buildFleet() {
  const asked = fleet.requests;
  const forgetting = setInterval(() => fleet.compact(), counts.forgetMs);
  const begin = performance.now();
  for (let number = 0; number < size.shortcuts; number += 1) fleet.create(number);
  await board.until(() => board.readyCount === size.shortcuts);
  const seconds = (performance.now() - begin) / 1_000;
  await fleet.calm();
  clearInterval(forgetting);
  fleet.compact();
  return { seconds, requestsPerShortcut: (fleet.requests - asked) / size.shortcuts };
}

/** One shortcut after another, beside all that are there. */
async function operate(): Promise<OperationFacts> {
  const [readyMs, goneMs]: [number[], number[]] = [[], []];
  const [connecting, deleting]: [number[], number[]] = [[], []];
  for (let index = 0; index < counts.operations; index += 1) {
    const name = await timed(readyMs, connecting, () => {
      const created = fleet.create(free + index);
      return { name: created, holds: () => board.isReady(created) };
    });
    await timed(goneMs, deleting, () => {
      fleet.remove(name);
      return { name, holds: () => board.isGone(name) };
    });
  }
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  return {
    readyMs: median(readyMs),
    goneMs: median(goneMs),
    requestsToReady: median(connecting),
    requestsToGone: median(deleting),
  };
}

async function timed(
  ms: number[],
  requests: number[],
  act: () => { name: string; holds: () => boolean },
): Promise<string> {
  const asked = fleet.requests;
  const begin = performance.now();
  const { name, holds } = act();
  await board.until(holds);
  ms.push(performance.now() - begin);
  await fleet.calm();
  requests.push(fleet.requests - asked);
  return name;
}

/** Nothing happens; then nothing but that Connections say that they live. */
async function beQuiet() {
  const asked = fleet.requests;
  const idle = process.cpuUsage();
  await delay(counts.steadyMs);
  const idleCpu = process.cpuUsage(idle);
  const renewing = process.cpuUsage();
  const renewed = await fleet.keepAlive(AbortSignal.timeout(counts.steadyMs));
  const { user, system } = process.cpuUsage(renewing);
  return {
    seconds: (2 * counts.steadyMs) / 1_000,
    requests: fleet.requests - asked,
    idleCpuPercent: (idleCpu.user + idleCpu.system) / counts.steadyMs / 10,
    renewalUs: renewed === 0 ? 0 : (user + system) / renewed,
  };
}

/**
 * New shortcuts between healthy leaves, a third before, a third while one leaf of ten is out of order and new shortcuts want
 * it, and a third after. They are those of a ring that nothing else uses.
 */
async function isolate(disorder: Disorder, ring: number): Promise<IsolationFacts> {
  const isDisturbed = (leaf: number): boolean => leaf % 10 === 0;
  const numbers = leafNumbers.map((leaf) => free + ring * size.leaves + leaf);
  const touches = (number: number): boolean => {
    const { a, b } = linkOf(number, size);
    return isDisturbed(a) || isDisturbed(b);
  };
  const healthy = numbers.filter((number) => !touches(number)).slice(0, 3 * counts.healthy);
  const third = Math.floor(healthy.length / 3);
  const beforeMs = await makeReady(healthy.slice(0, third));
  fleet.disturb(leafNumbers.filter(isDisturbed), disorder);
  for (const number of numbers.filter(touches)) fleet.create(number);
  await delay(counts.pauseMs); // To work out what is wanted takes time of the same processor, once.
  const besideMs = await makeReady(healthy.slice(third, 2 * third));
  await delay(counts.disorderMs);
  const requestsInOneSecond = fleet.mostInOneSecond;
  fleet.recover();
  await delay(counts.disorderMs);
  const aloneMs = [...beforeMs, ...(await makeReady(healthy.slice(2 * third)))];
  return { aloneMs, besideMs, requestsInOneSecond };
}

/** Creates them one after another, and returns the time to Ready of each, in milliseconds. */
async function makeReady(numbers: readonly number[]): Promise<number[]> {
  const times: number[] = [];
  for (const number of numbers) {
    const begin = performance.now();
    const name = fleet.create(number);
    await board.until(() => board.isReady(name));
    times.push(performance.now() - begin);
  }
  return times;
}
