import { prepareMachine } from '@leafway/lab';
import type { KubeObject } from '@leafway/reconciler';
import { type CommandResult, startCommand } from 'leafway/demo';
import { parseAllDocuments } from 'yaml';
import { prepareGoTool } from '../go-tools.ts';
import { chartFolder } from './chart.ts';

/** Values as they stand in a file for `--values`. */
export type Values = Readonly<Record<string, unknown>>;

/** What a cluster serves beside Kubernetes' own kinds, for rendering without one. */
const foreignVersions = ['cert-manager.io/v1', 'monitoring.coreos.com/v1'] as const;

/** One major version of Helm. */
export interface Helm {
  readonly major: 3 | 4;
  run(args: readonly string[], input?: string): Promise<CommandResult>;
}

/** Both major versions of Helm that are in use. */
export async function prepareHelms(): Promise<readonly Helm[]> {
  const { helm } = await prepareMachine({ environment: process.env, output: process.stderr });
  return [helmAt(helm, 4), helmAt(await prepareGoTool('helm3'), 3)];
}

function helmAt(path: string, major: Helm['major']): Helm {
  return {
    major,
    run: (args, input = '') => {
      const { stdin, result } = startCommand(path, args);
      stdin.end(input);
      return result;
    },
  };
}

/** How a chart is rendered without a cluster. */
export interface RenderOptions {
  /** Its folder; the central cluster's when left out. */
  readonly chart?: string;
  readonly namespace?: string;
  readonly apiVersions?: readonly string[];
}

/** Renders a chart; the command's own result, so that a refusal can be looked at. */
export function template(
  helm: Helm,
  values: Values,
  { chart = chartFolder, namespace = 'leafway-system', apiVersions = foreignVersions }: RenderOptions = {},
): Promise<CommandResult> {
  const served = apiVersions.flatMap((version) => ['--api-versions', version]);
  const args = ['template', 'leafway', chart, '--namespace', namespace, '--kube-version=1.36.0', ...served];
  return helm.run([...args, '--values=-'], JSON.stringify(values));
}

/** All objects that the chart makes of these values, hooks included. Throws with Helm's message when it makes none. */
export async function render(helm: Helm, values: Values, options?: RenderOptions): Promise<KubeObject[]> {
  const { code, stdout, stderr } = await template(helm, values, options);
  if (code !== 0) throw new Error(stderr.trim());
  return parseAllDocuments(stdout).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(`${document.errors[0]?.message} in what ${helm.major} rendered`);
    const object = document.toJS() as KubeObject | null;
    return object === null ? [] : [object];
  });
}
