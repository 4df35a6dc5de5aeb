import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { KubeObject } from '@leafway/reconciler';
import { repository } from '../documentation/repository.ts';
import { prepareGoTool } from '../go-tools.ts';

/** What GitOps tools make of an object. */
export interface Health {
  /** `Healthy`, `Progressing`, `Degraded` or `Suspended`. */
  readonly argocd: string;
  /** What Argo CD shows beside it. */
  readonly message: string;
  /** `Current`, `InProgress`, `Failed`, `Terminating`, or `Unknown`, which is waited for. */
  readonly flux: string;
  /** The same without our expressions. */
  readonly kstatus: string;
}

/** Judges objects by the rules of the chart, in the interpreters and libraries of Argo CD and Flux. */
export async function judgeHealth(objects: readonly KubeObject[]): Promise<Health[]> {
  const program = await prepareGoTool('gitops-health');
  const rules = ['argocd-health.yaml', 'flux-health.yaml'].map((file) =>
    join(repository, 'charts/leafway/files/gitops', file),
  );
  return new Promise((resolve, reject) => {
    const child = execFile(program, rules, { maxBuffer: 1 << 24 }, (error, stdout) =>
      error === null ? resolve(JSON.parse(stdout) as Health[]) : reject(error),
    );
    child.stdin?.end(JSON.stringify(objects));
  });
}
