import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import { certManagerKindFiles } from '../charts/foreign-kinds.ts';
import { prepareGoTool } from '../go-tools.ts';
import { type FrameProcess, startInFrame } from '../kubelet/frame-process.ts';

/** Installs cert-manager on the centre of a lab: its kinds from its release, and its controllers as a process. */
export async function installCertManager(lab: RunningLab): Promise<FrameProcess> {
  const files = (await certManagerKindFiles()).map((file) => `--filename=${file}`);
  await mustKubectl(lab, lab.centre, ['apply', '--server-side', ...files]);
  await mustKubectl(lab, lab.centre, ['wait', '--for=condition=Established', 'crds', '--all', '--timeout=60s']);
  return await startCertManager(lab);
}

/** Starts its controllers again. */
export async function startCertManager(lab: RunningLab): Promise<FrameProcess> {
  const command = [await prepareGoTool('cert-manager'), lab.kubeconfig(lab.centre)];
  return startInFrame(lab, command, join(lab.directory, 'cert-manager.log'));
}

/** Orders a new certificate now, as `cmctl renew` does. */
export async function renewCertificate(lab: RunningLab, name: string): Promise<void> {
  const condition = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'Certificate re-issuance manually triggered',
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  const patch = JSON.stringify([{ op: 'add', path: '/status/conditions/-', value: condition }]);
  const which = ['certificates.cert-manager.io', name, '--namespace=leafway-system'];
  await mustKubectl(lab, lab.centre, ['patch', ...which, '--subresource=status', '--type=json', `--patch=${patch}`]);
}
