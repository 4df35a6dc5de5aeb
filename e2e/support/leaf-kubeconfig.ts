import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';

const secretOf = (leaf: string): readonly string[] => ['secret', `leaf-${leaf}`, '--namespace=leafway-system'];

/** The kubeconfig with which the centre reaches a leaf. */
export async function readLeafKubeconfig(lab: RunningLab, leaf: string): Promise<string> {
  const args = ['get', ...secretOf(leaf), '--output=jsonpath={.data.kubeconfig}'];
  return Buffer.from((await mustKubectl(lab, lab.centre, args)).stdout, 'base64').toString();
}

/** Replaces it; the controller reads it when it connects to that leaf the next time. */
export async function writeLeafKubeconfig(lab: RunningLab, leaf: string, text: string): Promise<void> {
  const patch = JSON.stringify({ data: { kubeconfig: Buffer.from(text).toString('base64') } });
  await mustKubectl(lab, lab.centre, ['patch', ...secretOf(leaf), '--type=merge', '--patch', patch]);
}
