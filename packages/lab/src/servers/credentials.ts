import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPlan } from '../plan/lab-plan.ts';
import type { LabLayout } from '../plan/layout.ts';
import { type CertifiedKey, createCertificateAuthority, createTokenKeys } from './certificates.ts';
import { auditPolicy, egressPolicy, pkiFiles } from './control-plane.ts';
import { type Access, formatKubeconfig } from './kubeconfig.ts';

/** Only the owner reads what lets one in. */
const secretMode = 0o600;

/** The admin's way into one cluster, for the set-up. */
export interface AdminAccess {
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Writes what the control plane of one cluster starts from: certificates, keys, the audit policy and the kubeconfigs
 * of the controller manager and of the admin.
 */
export async function writeClusterCredentials(
  layout: LabLayout,
  cluster: ClusterPlan,
  now: Date,
): Promise<AdminAccess> {
  const { id, networks } = cluster;
  const place = layout.cluster(id);
  await mkdir(place.pki, { recursive: true, mode: 0o700 });
  const authority = await createCertificateAuthority(`Leafway lab ${id}`, now);
  const hosts = ['127.0.0.1', 'localhost', 'kubernetes.default.svc', firstAddress(networks.service)];
  const [apiServer, etcd, etcdClient, manager, admin, tokens] = await Promise.all([
    authority.issueServer('kube-apiserver', hosts),
    authority.issueServer('etcd', ['127.0.0.1']),
    authority.issueClient('kube-apiserver-etcd-client'),
    authority.issueClient('system:kube-controller-manager'),
    authority.issueClient('admin', ['system:masters']),
    createTokenKeys(),
  ]);
  const server = `https://127.0.0.1:${cluster.ports.apiServer}`;
  const access = (user: string, credential: Access['credential']): string =>
    formatKubeconfig({ cluster: id, user, server, ca: authority.cert, credential });
  await Promise.all([
    writeFile(join(place.pki, pkiFiles.ca), authority.cert),
    writePair(place.pki, pkiFiles.apiServer, apiServer),
    writePair(place.pki, pkiFiles.etcd, etcd),
    writePair(place.pki, pkiFiles.etcdClient, etcdClient),
    writeSecret(join(place.pki, pkiFiles.tokenPrivateKey), tokens.privateKey),
    writeFile(join(place.pki, pkiFiles.tokenPublicKey), tokens.publicKey),
    writeFile(place.auditPolicy, JSON.stringify(auditPolicy)),
    writeFile(place.egressPolicy, JSON.stringify(egressPolicy(place.serviceProxy))),
    writeSecret(place.credential('controller-manager'), access('controller-manager', manager)),
    writeSecret(layout.kubeconfig(id), access('admin', admin)),
  ]);
  return { server, ca: authority.cert, ...admin };
}

/** Writes `<name>.crt` and `<name>.key`. */
export async function writePair(directory: string, name: string, pair: CertifiedKey): Promise<void> {
  await writeFile(join(directory, `${name}.crt`), pair.cert);
  await writeSecret(join(directory, `${name}.key`), pair.key);
}

/** Writes a file that only its owner can read. */
export async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: secretMode });
}

/** The first address of the service range is the API server's own. */
function firstAddress(cidr: string): string {
  const [network = ''] = cidr.split('/');
  return network.replace(/\d+$/, (last) => String(Number(last) + 1));
}
