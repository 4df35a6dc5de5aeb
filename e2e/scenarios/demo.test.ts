import { tmpdir } from 'node:os';
import { labExec } from '@leafway/lab';
import { type DemoListener, mustKubectl, runDemo, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksExecutedBy } from '../support/documentation/executed-blocks.ts';
import { repository } from '../support/documentation/repository.ts';
import { startLab, type TestLab } from '../support/lab/leafway.ts';

const silent: DemoListener = { step: () => undefined, say: () => undefined, fetched: () => undefined };

describe('the demo', () => {
  it('prints what it measured as one JSON document, and leaves nothing running', async () => {
    // Of what makes the picture in the README the part that measures.
    const [command = ''] = blocksExecutedBy('e2e/scenarios/demo.test.ts')[0]?.text.split(' > ') ?? [];
    const measure = `cd ${repository} && ${command} --dir ${tmpdir()}/leafway-demo-${process.pid}`;
    const { stdin, result } = startCommand('bash', ['-c', measure]);
    stdin.end();
    const { code, stdout, stderr } = await result;
    expect(stderr).not.toContain('leafway:');
    expect(code).toBe(0);
    const facts = JSON.parse(stdout);
    expect(facts).toMatchObject({
      throughCentre: { path: ['rome', 'central', 'milan'], tunnels: 2, rttMs: expect.any(Number) },
      direct: { path: ['rome', 'milan'], tunnels: 1, rttMs: expect.any(Number), bytesThroughCentre: 0 },
      readyMs: expect.any(Number),
      objects: { othersTouched: 0 },
    });
    expect(facts.throughCentre.bytesThroughCentre).toBeGreaterThanOrEqual(2 ** 20);
    expect(facts.objects.created).toBeGreaterThan(0);
    expect(facts.objects.removed).toBe(facts.objects.created);
    expect(facts.plan.join('\n')).toContain('will be');
    expect(facts.refused).toContain('rome-milan');
  });
});

describe('the demo on a fleet with identical CIDRs', () => {
  let test: TestLab;
  beforeAll(async () => {
    test = await startLab(['central', 'rome', 'milan']);
  });
  afterAll(() => test?.stop());

  const deps = () => ({ lab: test.lab, listener: silent, monotonicMs: () => performance.now() });

  it('fails when the direct data plane is cut before the direct fetch', async () => {
    const cut = async (): Promise<void> => {
      expect(
        await labExec(test.lab, 'rome/gateway-milan', ['ip', 'link', 'set', 'liqo-tunnel', 'down'], process.env),
      ).toBe(0);
    };
    await expect(runDemo({ ...deps(), beforeDirectFetch: cut })).rejects.toThrow(
      /did not answer|EHOSTUNREACH|ENETUNREACH|no tunnels/,
    );
    await mustKubectl(test.lab, test.lab.centre, ['delete', 'virtualnodeshortcuts', 'rome-milan', '--timeout=60s']);
  });

  it('succeeds again on the same fleet', async () => {
    expect((await runDemo(deps())).objects.othersTouched).toBe(0);
  });
});
