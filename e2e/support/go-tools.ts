import { fileURLToPath } from 'node:url';
import { prepareGoProgram } from '@leafway/lab/internal';

/** The package of each program that only tests use; its go.mod is in `e2e/tools/<name>`. */
const packages = {
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint',
  'alert-rules': '.',
  'cert-manager': '.',
  'gitops-health': '.',
  helm3: 'helm.sh/helm/v3/cmd/helm',
  'kind-config': '.',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform',
} as const;

export type GoTool = keyof typeof packages;

/** The path of such a program, which Go builds into the cache of this machine when it is not there. */
export function prepareGoTool(name: GoTool): Promise<string> {
  const sources = fileURLToPath(new URL(`../tools/${name}`, import.meta.url));
  return prepareGoProgram(
    { name: `leafway-e2e-${name}`, sources, package: packages[name] },
    { environment: process.env, output: process.stderr },
  );
}
