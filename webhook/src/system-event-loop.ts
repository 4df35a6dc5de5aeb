import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { DelayMonitor } from './server/event-loop.ts';

/** Fine enough for delays that people notice, and too seldom to cost anything. */
const resolutionMs = 20;

/** Node's own measurement, a timer outside of JavaScript. */
export function createSystemDelayMonitor(): DelayMonitor {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  /** What is measured is the time between two calls of the timer, in nanoseconds. */
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolutionMs);
  return {
    take: () => {
      const sample = {
        medianMs: late(histogram.percentile(50)),
        p99Ms: late(histogram.percentile(99)),
        maxMs: late(histogram.max),
      };
      histogram.reset();
      return sample;
    },
  };
}
