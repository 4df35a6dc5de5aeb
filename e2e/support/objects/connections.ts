import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compatibilityDefinitions } from '@leafway/core';
import { type RunningLab, stopPart } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { parseAllDocuments } from 'yaml';
import { forgetLeader, waitForLeader } from '../lab/lease.ts';

const rbac = 'rbac.authorization.k8s.io';
const account = { kind: 'ServiceAccount', name: 'leafway-controller', namespace: 'leafway-system' } as const;
const identity = 'with-connections';

interface Role {
  readonly kind: 'ClusterRole';
  readonly metadata: { readonly name: string };
}

/**
 * Makes of a lab's centre what the chart makes with `compatibility.enabled`: the kinds, the rights, and a controller with
 * that flag in the place of the lab's. The policies are there. Returns what ends that controller.
 */
export async function enableConnections(lab: RunningLab): Promise<() => Promise<void>> {
  const roles = parseAllDocuments(readFileSync(roleFile(lab), 'utf8')).map((document) => document.toJS() as Role);
  const bindings = roles.map(({ kind, metadata }) => ({
    apiVersion: `${rbac}/v1`,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: rbac, kind, name: metadata.name },
    subjects: [account],
  }));
  const items = [...roles, ...bindings];
  const kubectl = (args: readonly string[], input?: string) => mustKubectl(lab, lab.centre, [...args], input);
  await kubectl(['apply', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(['apply', `--filename=${join(lab.plan.charts, 'leafway/files/compatibility')}`]);
  const names = compatibilityDefinitions.map(({ metadata }) => `customresourcedefinitions/${metadata.name}`);
  await kubectl(['wait', ...names, '--for=condition=Established', '--timeout=30s']);
  await stopPart(lab, 'controller');
  await forgetLeader(lab);
  const controller = startController(lab);
  await waitForLeader(lab, identity, 30_000);
  return async () => {
    const ended = controller.exitCode === null ? once(controller, 'exit') : undefined;
    controller.kill('SIGTERM');
    await ended;
  };
}

const roleFile = (lab: RunningLab): string =>
  join(lab.plan.charts, 'leafway/files/roles/controller-compatibility.yaml');

function startController(lab: RunningLab): ChildProcess {
  const [executable = '', ...args] = lab.plan.programs.controller;
  const flags = [
    `--kubeconfig=${lab.layout.cluster(lab.centre).credential('controller')}`,
    `--cluster-id=${lab.centre}`,
    `--identity=${identity}`,
    '--health-listen=127.0.0.1:0',
    '--log-level=error',
    '--compatibility',
  ];
  return spawn(executable, [...args, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
}
