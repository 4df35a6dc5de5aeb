import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';

const secretOf = (leaf: string): readonly string[] => ['secret', `leaf-${leaf}`, '--namespace=leafway-system'];

/** The kubeconfig with which the centre reaches a leaf. */
export async function readLeafKubeconfig(lab: RunningLab, leaf: string): Promise<string> {
  const args = ['get', ...secretOf(leaf), '--output=jsonpath={.data.kubeconfig}'];
  return Buffer.from((await mustKubectl(lab, lab.centre, args)).stdout, 'base64').toString();
}

/** The same kubeconfig with another token of the account that the chart makes on that leaf. */
export async function withNewToken(
  lab: RunningLab,
  leaf: string,
  kubeconfig: string,
  duration = '2h',
): Promise<string> {
  const ask = ['create', 'token', 'leafway-centre', '--namespace=leafway-system', `--duration=${duration}`];
  const { stdout: token } = await mustKubectl(lab, leaf, ask);
  return kubeconfig.replace(/token: .*/, `token: ${token.trim()}`);
}

/** Replaces it; the controller takes it over when it is good. */
export async function writeLeafKubeconfig(lab: RunningLab, leaf: string, text: string): Promise<void> {
  const patch = JSON.stringify({ data: { kubeconfig: Buffer.from(text).toString('base64') } });
  await mustKubectl(lab, lab.centre, ['patch', ...secretOf(leaf), '--type=merge', '--patch', patch]);
}
