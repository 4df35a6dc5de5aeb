import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ending, runStory, type StoryPorts } from './run-story.ts';
import { diagnostics, story } from './story.ts';

const repository = join(import.meta.dirname, '../..');
const places = { repository, directory: '/tmp/kind', leafway: ['leafway'] };
const steps = story(places);

/** What the commands of the story print where all goes well, by what they begin with. */
const answers: readonly (readonly [begin: string, stdout: string])[] = [
  ['docker inspect leafway-rome-control-plane', '172.18.0.3\n'],
  ['docker inspect leafway-milan-control-plane', '172.18.0.4\n'],
  ['leafway leaf kubeconfig', 'kind: Config\n'],
  ['kubectl --kubeconfig=/tmp/kind/rome.kubeconfig get pods', 'replicated-1'],
  ['kubectl --kubeconfig=/tmp/kind/milan.kubeconfig get pods', '10.200.0.9'],
  ['kubectl --kubeconfig=/tmp/kind/central.kubeconfig get virtualnodeshortcuts', '10.69.0.0/16'],
  ['kubectl --kubeconfig=/tmp/kind/rome.kubeconfig exec', '<h1>Welcome to nginx!</h1>'],
  ['kubectl --kubeconfig=/tmp/kind/central.kubeconfig get --raw=/readyz', 'ok'],
  ['kubectl --kubeconfig=/tmp/kind/rome.kubeconfig get connections', 'Connected'],
];

/** Runs the story in that world; `broken`: the beginning of a command that fails. */
async function tell(broken?: string) {
  const ran: string[] = [];
  const files = new Map<string, string>();
  let nowMs = 0;
  const ports: StoryPorts = {
    exec: async (command): Promise<Ending> => {
      const line = command.join(' ');
      ran.push(line);
      if (broken !== undefined && line.startsWith(broken)) return { code: 1, stdout: '', stderr: 'broken' };
      return { code: 0, stdout: answers.find(([begin]) => line.startsWith(begin))?.[1] ?? '', stderr: '' };
    },
    write: async (file, content) => void files.set(file, content),
    say: () => undefined,
    sleep: async (ms) => {
      nowMs += ms;
    },
    now: () => nowMs,
  };
  const options = { signal: new AbortController().signal, diagnostics: diagnostics(places) };
  const failure = await runStory(steps, ports, options).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { ran, files, failure };
}

const clusters = ['leafway-central', 'leafway-rome', 'leafway-milan'];
const deleted = (ran: readonly string[]): string[] =>
  ran.flatMap((line) => /^kind delete cluster --name=(\S+)/.exec(line)?.[1] ?? []);

describe('the story on kind', () => {
  it('tells the whole story, and leaves nothing', async () => {
    const { ran, files, failure } = await tell();
    expect(failure).toBeUndefined();
    expect(ran.filter((line) => line.startsWith('kind create')).map((line) => line.split(' ')[3])).toEqual(
      clusters.map((name) => `--name=${name}`),
    );
    expect(deleted(ran)).toEqual(clusters.toReversed());
    expect(ran.slice(-2)).toEqual([
      'docker image rm --force leafway.test/controller:kind',
      'docker image rm --force leafway.test/webhook:kind',
    ]);
    expect(files.get('/tmp/kind/rome-centre.kubeconfig')).toBe('kind: Config\n');
  });

  it('does everything after what it needs', async () => {
    const { ran } = await tell();
    const at = (part: string): number => {
      const index = ran.findIndex((line) => line.includes(part));
      expect(index, part).toBeGreaterThanOrEqual(0);
      return index;
    };
    const order = [
      'docker build',
      'kind create cluster',
      'kind load docker-image',
      'liqoctl install kind',
      'liqoctl peer',
      'helm install cert-manager',
      'helm install leafway ',
      'helm install leafway-leaf',
      'leaf kubeconfig --kubeconfig=/tmp/kind/rome.kubeconfig --server=https://172.18.0.3:6443',
      'leaf add rome --kubeconfig=/tmp/kind/rome-centre.kubeconfig',
      'leaf add milan',
      'liqoctl offload namespace',
      'replicated.yaml',
      'shortcut.yaml',
      'docker pause leafway-central-control-plane',
      'docker unpause',
      'delete virtualnodeshortcuts/rome-milan',
      'helm uninstall leafway',
      'kind delete cluster',
    ];
    const places = order.map(at);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("fetches at the address that the link gives milan's replica, with the centre and without", async () => {
    const { ran } = await tell();
    const fetches = ran.flatMap((line, index) => (line.endsWith(' http://10.69.0.9/') ? [index] : []));
    const [paused, resumed] = ['docker pause', 'docker unpause'].map((word) =>
      ran.findIndex((line) => line.startsWith(word)),
    ) as [number, number];
    expect(fetches).toHaveLength(2);
    expect(fetches[0]).toBeLessThan(paused);
    expect(fetches[1]).toBeGreaterThan(paused);
    expect(fetches[1]).toBeLessThan(resumed);
  });

  it.each([
    ['kind create cluster --name=leafway-rome', ['leafway-rome', 'leafway-central']],
    ['liqoctl peer', clusters.toReversed()],
    ['kubectl --kubeconfig=/tmp/kind/rome.kubeconfig exec', clusters.toReversed()],
  ])('takes down what there is after a failure of: %s', async (broken, expected) => {
    const { ran, failure } = await tell(broken);
    expect(failure).toContain('broken');
    expect(deleted(ran)).toEqual(expected);
    expect(ran.findIndex((line) => line.includes('get pods --all-namespaces'))).toBeLessThan(
      ran.findIndex((line) => line.startsWith('kind delete')),
    );
  });

  it('lets a centre go on that stands still when something fails', async () => {
    const { ran } = await tell('docker unpause');
    expect(ran.filter((line) => line.startsWith('docker unpause'))).toHaveLength(2);
  });

  it('names files that there are, and says of each step what it does', () => {
    const named = steps.flatMap(({ command }) => command).map((part) => part.replace(/^--(file|config|filename)=/, ''));
    const own = named.filter((part) => part.startsWith(repository));
    expect(own.filter((path) => !existsSync(path))).toEqual([]);
    expect(own.length).toBeGreaterThan(8);
    expect(new Set(steps.map(({ what }) => what.slice(0, 1)))).not.toContain('');
  });
});
