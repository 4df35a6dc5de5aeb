import { fileURLToPath } from 'node:url';
import { addressThroughCentre, directAddress, type RunningLab, readCounters, runInFrame, runInLab } from '@leafway/lab';
import type { BenchmarkContext, BenchmarkInLab } from '../benchmark.ts';
import { withAdmins } from '../link/connections.ts';
import { connect } from '../link/link.ts';
import {
  paths,
  type TrafficFacts,
  type TunnelPath,
  type TunnelRound,
  tunnelFigures,
  tunnelHeadline,
} from './figures.ts';
import { addresses, ends } from './link-plan.ts';
import { reportTunnel } from './report.ts';

const program = (name: string): string[] => [process.execPath, fileURLToPath(new URL(name, import.meta.url))];

export const tunnelBenchmark: BenchmarkInLab = {
  name: 'tunnel',
  summary: 'throughput and round trip: a link without and with our rules, through the centre, direct',
  seconds: { full: 155, quick: 40 },
  clusters: ['central', 'rome', 'milan'],
  run: async (context) => {
    const figures = tunnelFigures(await measure(context));
    return { headline: tunnelHeadline(figures), figures, report: reportTunnel(figures) };
  },
};

async function measure({ lab, quick, progress }: BenchmarkContext): Promise<TunnelRound[]> {
  await withAdmins(lab, [lab.centre], async (centre) => {
    if (centre !== undefined) await connect(centre, 'rome-milan', ['rome', 'milan']);
  });
  const traffic = await prepareTraffic(lab, quick ? 1 : 2);
  await changeLink(lab, 'up');
  try {
    const rounds: TunnelRound[] = [];
    const count = quick ? 1 : 10;
    progress('one round to warm up');
    await measureRound(traffic, paths);
    for (let round = 0; round < count; round += 1) {
      // There and back, so that no way always has the same one before it.
      rounds.push(await measureRound(traffic, round % 2 === 0 ? paths : paths.toReversed()));
      progress(`round ${round + 1} of ${count}`);
    }
    return rounds;
  } finally {
    await changeLink(lab, 'down');
  }
}

type Traffic = Readonly<Record<TunnelPath, () => Promise<TrafficFacts>>>;

async function measureRound(traffic: Traffic, order: readonly TunnelPath[]): Promise<TunnelRound> {
  const round: Partial<Record<TunnelPath, TrafficFacts>> = {};
  for (const path of order) round[path] = await traffic[path]();
  return round as TunnelRound;
}

/** The same program on each way, always against the lab's own server. */
async function prepareTraffic(lab: RunningLab, seconds: number): Promise<Traffic> {
  const command = (address: string): string[] => [...program('main-traffic.ts'), address, String(seconds)];
  const onLink = (address: string): Promise<string> =>
    runInFrame(lab, ['ip', 'netns', 'exec', ends[0].pod, ...command(address)]);
  const inLab = (address: string): Promise<string> => runInLab(lab, 'rome/client', command(address));
  const route = { from: 'rome', to: 'milan', pod: 'web' } as const;
  const [centre, direct] = await Promise.all([addressThroughCentre(lab, route), directAddress(lab, route)]);
  return {
    raw: async () => {
      await changeLink(lab, 'without-rules');
      return read(await onLink(addresses.raw));
    },
    remap: async () => {
      await changeLink(lab, 'with-rules');
      return read(await onLink(addresses.remap));
    },
    centre: async () => {
      const { facts, forwarded } = await countForwarded(lab, () => inLab(centre));
      if (forwarded === 0) throw new Error(`the centre forwarded nothing of the traffic to ${centre}`);
      return facts;
    },
    direct: async () => {
      const { facts, forwarded } = await countForwarded(lab, () => inLab(direct));
      if (forwarded > 0) throw new Error(`the centre forwarded ${forwarded} bytes of the traffic to ${direct}`);
      return facts;
    },
  };
}

/** Which way traffic went is asked of the kernel: what the centre's node forwarded between leaves meanwhile. */
async function countForwarded(
  lab: RunningLab,
  run: () => Promise<string>,
): Promise<{ facts: TrafficFacts; forwarded: number }> {
  const before = await readCounters(lab);
  const facts = read(await run());
  const after = await readCounters(lab);
  return { facts, forwarded: after.forwardedByCentre.bytes - before.forwardedByCentre.bytes };
}

const read = (text: string): TrafficFacts => JSON.parse(text) as TrafficFacts;

async function changeLink(lab: RunningLab, action: 'up' | 'down' | 'with-rules' | 'without-rules'): Promise<void> {
  const { tools, programs } = lab.plan;
  await runInFrame(lab, [...program('main-link.ts'), action, tools.wireguardGo ?? 'wireguard-go', ...programs.web]);
}
