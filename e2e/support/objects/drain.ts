import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { type CommandResult, mustKubectl, startCommand } from 'leafway/demo';
import { parseAllDocuments } from 'yaml';

const account = { kind: 'ServiceAccount', name: 'leafway-drain', namespace: 'leafway-system' } as const;
const rbac = 'rbac.authorization.k8s.io';

interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Drains the fleet as the chart's hook does: the controller's program, with an account that has that role alone. */
export async function drainAsHook(lab: RunningLab, ...flags: readonly string[]): Promise<CommandResult> {
  const objects = accountObjects(lab, flags.includes('--compatibility') ? ['drain', 'drain-compatibility'] : ['drain']);
  await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], objects);
  const directory = await mkdtemp(join(tmpdir(), 'leafway-drain-'));
  try {
    const ask = ['create', 'token', account.name, `--namespace=${account.namespace}`];
    const token = (await mustKubectl(lab, lab.centre, ask)).stdout.trim();
    const kubeconfig = join(directory, 'kubeconfig');
    const own = readFileSync(lab.layout.cluster(lab.centre).credential('controller'), 'utf8');
    await writeFile(kubeconfig, own.replace(/token: .*/, `token: ${token}`), { mode: 0o600 });
    const [executable = '', ...program] = lab.plan.programs.controller;
    const { stdin, result } = startCommand(executable, [...program, 'drain', `--kubeconfig=${kubeconfig}`, ...flags]);
    stdin.end();
    return await result;
  } finally {
    await mustKubectl(lab, lab.centre, ['delete', '--filename=-'], objects);
    await rm(directory, { recursive: true });
  }
}

function accountObjects(lab: RunningLab, files: readonly string[]): string {
  const folder = join(lab.plan.charts, 'leafway/files/roles');
  const texts = files.map((file) => readFileSync(join(folder, `${file}.yaml`), 'utf8'));
  const roles = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Role));
  const { kind, ...metadata } = account;
  const bindings = roles.map((role) => ({
    apiVersion: `${rbac}/v1`,
    kind: `${role.kind}Binding`,
    metadata: role.metadata,
    roleRef: { apiGroup: rbac, kind: role.kind, name: role.metadata.name },
    subjects: [account],
  }));
  const items = [{ apiVersion: 'v1', kind, metadata }, ...roles, ...bindings];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
