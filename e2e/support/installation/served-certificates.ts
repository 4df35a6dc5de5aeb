import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';
import type { Kubelet } from '../kubelet/kubelet.ts';

const inNamespace = '--namespace=leafway-system';
const selector = '--selector=app.kubernetes.io/component=webhook';

/** The serial numbers of the certificates that all running webhooks serve, without doubles. */
export async function servedSerials(lab: RunningLab, kubelet: Kubelet): Promise<string[]> {
  const running = '--field-selector=status.phase=Running';
  const args = ['get', 'pods', inNamespace, selector, running, '--output=jsonpath={.items[*].status.podIP}'];
  const { stdout } = await mustKubectl(lab, lab.centre, args);
  const serials = await Promise.all(stdout.split(' ').map((address) => serialAt(kubelet, address)));
  return [...new Set(serials)];
}

async function serialAt(kubelet: Kubelet, address: string): Promise<string> {
  const socket = connect({ socket: await kubelet.connect(`${address}:9443`), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

/** The serial number of the certificate in a Secret. */
export async function storedSerial(lab: RunningLab, secret: string): Promise<string> {
  const args = ['get', 'secret', secret, inNamespace, '--output=jsonpath={.data.tls\\.crt}'];
  const { stdout } = await mustKubectl(lab, lab.centre, args);
  return new X509Certificate(Buffer.from(stdout, 'base64')).serialNumber;
}
