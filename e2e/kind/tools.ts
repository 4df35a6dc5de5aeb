import type { StoryPorts } from './run-story.ts';

/** The exit code when this machine lacks what the story needs: nothing was tried, and nothing is wrong with Leafway. */
export const cannotRunHere = 3;

/** What the story needs, how it is asked whether it is there, and where it comes from. */
const needed: readonly { readonly name: string; readonly probe: readonly string[]; readonly from: string }[] = [
  { name: 'a running Docker', probe: ['docker', 'info'], from: 'https://docs.docker.com/engine/install' },
  { name: 'kind', probe: ['kind', 'version'], from: 'https://kind.sigs.k8s.io' },
  { name: 'kubectl', probe: ['kubectl', 'version', '--client'], from: 'https://kubernetes.io/docs/tasks/tools' },
  { name: 'helm', probe: ['helm', 'version'], from: 'https://helm.sh/docs/intro/install' },
  { name: 'liqoctl', probe: ['liqoctl', 'version', '--client'], from: 'https://docs.liqo.io' },
];

/** A sentence about what this machine lacks; `undefined` when it lacks nothing. */
export async function whatIsMissing({ exec }: Pick<StoryPorts, 'exec'>): Promise<string | undefined> {
  const endings = await Promise.all(needed.map(async (tool) => ({ tool, ...(await exec(tool.probe)) })));
  const missing = endings.filter(({ code }) => code !== 0).map(({ tool: { name, from } }) => `${name} (${from})`);
  if (missing.length === 0) return undefined;
  return `e2e:kind is not run: this machine lacks ${new Intl.ListFormat('en').format(missing)}.`;
}
