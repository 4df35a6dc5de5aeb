import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import type { CommandResult } from 'leafway/demo';
import { chartFolder, leafChartFolder } from '../charts/chart.ts';
import type { Helm } from '../charts/helm.ts';
import { leafway } from '../lab/leafway.ts';

/** Long enough for a slow machine; Helm says what is missing by then. */
const patience = '--timeout=3m';

/** The release `leafway` on the centre of a lab, as somebody has it who types these commands. */
export interface Release {
  install(chart: string, ...flags: readonly string[]): Promise<CommandResult>;
  upgrade(...flags: readonly string[]): Promise<CommandResult>;
  /** To the revision before. */
  rollback(): Promise<CommandResult>;
  /** `helm test`, whatever comes of it. */
  test(): Promise<CommandResult>;
  uninstall(...flags: readonly string[]): Promise<CommandResult>;
}

/** Every command but `test` rejects with what Helm said when it fails. */
export function releaseOf(lab: RunningLab, helm: Helm): Release {
  const common = ['--kubeconfig', lab.kubeconfig(lab.centre), '--namespace=leafway-system', patience];
  const must = async (...args: readonly string[]): Promise<CommandResult> => {
    const result = await helm.run([...args, ...common]);
    if (result.code !== 0) throw new Error(`helm ${args.join(' ')}: ${result.stdout}${result.stderr}`);
    return result;
  };
  const values = [`--set=liqo.clusterID=${lab.centre}`, '--wait'];
  return {
    install: (chart, ...flags) => must('install', 'leafway', chart, '--create-namespace', ...values, ...flags),
    upgrade: (...flags) => must('upgrade', 'leafway', chartFolder, ...values, ...flags),
    rollback: () => must('rollback', 'leafway', '--wait'),
    test: () => helm.run(['test', 'leafway', ...common]),
    uninstall: (...flags) => must('uninstall', 'leafway', '--wait', ...flags),
  };
}

/**
 * Prepares a leaf with the chart for leaves, or upgrades it there, as its notes say, and returns the kubeconfig of the
 * account that is for the centre.
 */
export async function prepareLeaf(
  lab: RunningLab,
  helm: Helm,
  { leaf, chart = leafChartFolder }: { readonly leaf: string; readonly chart?: string },
): Promise<string> {
  const admin = ['--kubeconfig', lab.kubeconfig(leaf)];
  // The agent runs the leaves of a lab, and tells its public keys.
  const values = ['--namespace=leafway-system', '--set=centre.readGatewayKeys=false'];
  const installed = await helm.run(['upgrade', '--install', 'leafway-leaf', chart, ...admin, ...values]);
  if (installed.code !== 0) throw new Error(`helm upgrade leafway-leaf on ${leaf}: ${installed.stderr}`);
  return (await must(['leaf', 'kubeconfig', ...admin])).stdout;
}

/** Registers a leaf on the centre with that kubeconfig. */
export async function addLeaf(lab: RunningLab, leaf: string, kubeconfig: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'leafway-leaf-'));
  try {
    const file = join(folder, `${leaf}-centre.kubeconfig`);
    await writeFile(file, kubeconfig, { mode: 0o600 });
    await must(['--kubeconfig', lab.kubeconfig(lab.centre), 'leaf', 'add', leaf, '--kubeconfig', file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function must(args: readonly string[]): Promise<CommandResult> {
  const result = await leafway(args);
  if (result.code !== 0) throw new Error(`leafway ${args.join(' ')}: ${result.stderr}`);
  return result;
}
