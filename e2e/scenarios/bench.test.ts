import { fileURLToPath } from 'node:url';
import { startCommand } from 'leafway/demo';
import { describe, expect, it } from 'vitest';
import { parseBenchArguments } from '../benchmarks/arguments.ts';
import { benchmarks } from '../benchmarks/catalogue.ts';
import { blocksExecutedBy, commandsOf } from '../support/documentation/executed-blocks.ts';

const program = fileURLToPath(new URL('../benchmarks/main.ts', import.meta.url));

/** The first time Go fetches the modules of the peer and compiles them. */
const peerBuildMs = 900_000;

function bench(...args: string[]) {
  const { stdin, result } = startCommand(process.execPath, [program, ...args]);
  stdin.end();
  return result;
}

describe('bench', () => {
  it('connect --json prints one document with counts from the audit logs', async () => {
    const { code, stdout, stderr } = await bench('connect', '--quick', '--json');
    expect(stderr).not.toContain('bench:');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      readyMs: expect.any(Number),
      requestsPerShortcut: expect.any(Number),
      writesPerShortcut: expect.any(Number),
      quick: true,
      conditions: { cores: expect.any(Number), kubernetes: expect.stringMatching(/^v1\./), node: process.version },
      failures: {},
    });
    expect(document.readyMs).toBeGreaterThan(0);
    const { absent, present } = document.benchmarks.connect.settings;
    // Each leaf gets a Configuration, a gateway and the other's key, and a namespace where there is none.
    expect(absent.writes.median).toBeGreaterThanOrEqual(8);
    expect(present.writes.median).toBeGreaterThanOrEqual(6);
    for (const { requests, writes, agents, split } of [absent, present]) {
      expect(requests.median).toBeGreaterThan(writes.median);
      expect(agents.median).toBeGreaterThan(0);
      const counts = (split as { count: number }[]).map(({ count }) => count);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(requests.median);
      expect(split).toContainEqual({ cluster: 'rome', verb: 'create', resource: 'configurations', count: 1 });
    }
  });

  it(
    'admission --json has the figures that are followed over time, of answers that were all right',
    async () => {
      const { code, stdout, stderr } = await bench('admission', '--quick', '--json');
      expect(stderr).not.toContain('bench:');
      expect(code).toBe(0);
      const document = JSON.parse(stdout);
      const names = ['throughputRatio', 'p99Ratio', 'createP99Ratio', 'decisionRatio100kTo100', 'prefixCheckNs'];
      for (const name of names) expect(document[name]).toBeGreaterThan(0);
      expect(document.mibPer10k).toEqual(expect.any(Number));
      expect(document).toMatchObject({ quick: true, failures: {} });
      const { saturated, fewInFlight, creates, aims } = document.benchmarks.admission;
      for (const side of ['ours', 'go']) {
        expect(saturated[side].perSecond.median).toBeGreaterThan(0);
        expect(fewInFlight[side].p99Ms.median).toBeGreaterThan(0);
        expect(creates[side].p99Ms.median).toBeGreaterThan(0);
      }
      expect(aims).toHaveLength(names.length + 1);
    },
    peerBuildMs,
  );

  it('takes what its page tells people to type', () => {
    const commands = blocksExecutedBy('e2e/scenarios/bench.test.ts').flatMap(commandsOf);
    const answers = commands.map((command) => {
      const [, args] = /^npm run (?:--silent )?bench(?: --)?(.*)$/.exec(command) ?? [];
      const words = args?.split(' ').filter((word) => word !== '');
      return words === undefined ? command : parseBenchArguments(words, benchmarks).kind;
    });
    expect(answers).toEqual(['run', 'run', 'run', 'run', 'help']);
  });

  it('names the benchmarks that there are when it is asked for another', async () => {
    const { code, stdout, stderr } = await bench('conect');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("there is no benchmark 'conect'; there are: connect");
  });
});
