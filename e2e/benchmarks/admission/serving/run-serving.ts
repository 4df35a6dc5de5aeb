import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatKubeconfig } from '@leafway/lab/internal';
import type { FleetSize } from '../../fleet/shape.ts';
import { alternate } from '../../statistics/alternate.ts';
import { reviewsFor } from '../fleet/reviews.ts';
import { onTwoCores, type Programs, type Side } from '../programs.ts';
import { inWorkplace, type Workplace } from '../workplace.ts';
import { sendLoad } from './load.ts';
import type { WebhookProcess } from './server-process.ts';
import { startStandIn } from './stand-in.ts';

/** One measurement of one side. */
export interface ServingSample {
  readonly side: Side;
  readonly inFlight: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Processor time of the webhook for one admission. */
  readonly cpuUs: number;
  /** What it held in memory at the end. */
  readonly residentMib: number;
}

/** With as many requests in flight both are saturated; with so few each answer is waited for. */
export const inFlight = { saturated: 32, few: 8 } as const;

export interface ServingPlan {
  readonly size: FleetSize;
  readonly pairs: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  readonly reviews: number;
}

/** The webhook alone over HTTPS: our process and the peer by turns, asked the same by the same program. */
export async function measureServing(
  plan: ServingPlan,
  programs: Programs,
  progress: (line: string) => void,
): Promise<ServingSample[]> {
  return inWorkplace(programs, plan.size, async (place) => {
    const reviewsFile = join(place.directory, 'reviews');
    const reviews = reviewsFor(plan.size, plan.reviews).map((review) => `${JSON.stringify(review)}\n`);
    await writeFile(reviewsFile, reviews.join(''));
    const standIn = await startStandIn({ size: plan.size, ...place.pair });
    try {
      const kubeconfig = await writeKubeconfig(place, standIn.url);
      const webhooks = await place.startBoth({ kubeconfig, prefix: onTwoCores });
      const ask = (side: Side, count: number): Promise<ServingSample> =>
        askOnce(webhooks[side], { place, programs, reviewsFile, plan, count });
      progress('both webhooks warm up');
      for (const side of ['ours', 'go'] as const) await ask(side, inFlight.saturated);
      const samples: ServingSample[] = [];
      for (const count of [inFlight.saturated, inFlight.few]) {
        for (const side of alternate<Side>('ours', 'go', plan.pairs)) samples.push(await ask(side, count));
        progress(`${plan.pairs} pairs with ${count} in flight`);
      }
      return samples;
    } finally {
      await standIn.close();
    }
  });
}

/** For the stand-in, which asks nobody who they are. */
async function writeKubeconfig({ directory, ca }: Workplace, server: string): Promise<string> {
  const file = join(directory, 'kubeconfig');
  const credential = { token: 'nobody-checks-it' };
  await writeFile(file, formatKubeconfig({ cluster: 'central', user: 'webhook', server, ca, credential }));
  return file;
}

interface Question {
  readonly place: Workplace;
  readonly programs: Programs;
  readonly reviewsFile: string;
  readonly plan: ServingPlan;
  readonly count: number;
}

async function askOnce(
  webhook: WebhookProcess,
  { place, programs, reviewsFile, plan, count }: Question,
): Promise<ServingSample> {
  const before = await webhook.cpuSeconds();
  const facts = await sendLoad({
    command: [...onTwoCores, programs.load],
    url: `https://127.0.0.1:${webhook.port}/validate`,
    caFile: place.caFile,
    reviewsFile,
    inFlight: count,
    warmUpMs: plan.warmUpMs,
    durationMs: plan.durationMs,
  });
  const used = (await webhook.cpuSeconds()) - before;
  await webhook.forgetLog();
  return {
    side: webhook.name as Side,
    inFlight: count,
    perSecond: facts.requests / facts.seconds,
    p50Ms: facts.p50Ms,
    p99Ms: facts.p99Ms,
    maxMs: facts.maxMs,
    cpuUs: (used * 1e6) / facts.total,
    residentMib: await webhook.residentMib(),
  };
}
