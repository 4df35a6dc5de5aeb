import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';

/** Takes away, on a leaf, the roles and policies that the lab made there without Helm: a chart may not take them over. */
export async function removeLabRights(
  lab: RunningLab,
  leaf: string,
  roles: readonly string[] = ['leafway-centre', 'leafway-agent'],
): Promise<void> {
  const remove = (...args: string[]) => mustKubectl(lab, leaf, ['delete', ...args]);
  await remove('clusterrole,clusterrolebinding', ...roles);
  await remove('role,rolebinding', ...roles, '--namespace=liqo');
  const policies = ['centre-namespaces.leafway.dev', 'centre-key-bindings.leafway.dev'];
  if (roles.includes('leafway-agent')) policies.push('agent-secrets.leafway.dev');
  await remove('validatingadmissionpolicy,validatingadmissionpolicybinding', ...policies);
}
