import { join } from 'node:path';

/** Where everything of a lab is, below its directory. Pure: nothing here looks at the disk. */
export interface LabLayout {
  readonly directory: string;
  /** What was built: the plan, as the supervisor reads it. */
  readonly plan: string;
  /** What runs now: written by the supervisor at each change. */
  readonly state: string;
  /** A file in here, called as a part's log, keeps that part stopped. */
  readonly stopped: string;
  /** Which process is the frame's first. */
  readonly frame: string;
  readonly bin: string;
  readonly logs: string;
  log(part: string): string;
  /** For people: the admin's. */
  kubeconfig(cluster: string): string;
  /** Certificates, data and the credentials of the parts of one cluster. */
  cluster(cluster: string): ClusterLayout;
}

export interface ClusterLayout {
  readonly directory: string;
  readonly pki: string;
  readonly etcdData: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
  /** Says that the API server reaches Services through `serviceProxy`. */
  readonly egressPolicy: string;
  /**
   * A unix socket for whoever plays kube-proxy: an HTTP proxy that takes `CONNECT <cluster IP>:<port>`. The lab has no
   * Services of its own, so that nobody listens there unless a program comes and does.
   */
  readonly serviceProxy: string;
  /** The kubeconfig of one process, for example `agent`. */
  credential(process: string): string;
}

/** The layout of the lab in `directory`, an absolute path. */
export function layoutOf(directory: string): LabLayout {
  return {
    directory,
    plan: join(directory, 'lab.json'),
    state: join(directory, 'state.json'),
    stopped: join(directory, 'stopped'),
    frame: join(directory, 'frame.json'),
    bin: join(directory, 'bin'),
    logs: join(directory, 'logs'),
    log: (part) => join(directory, 'logs', `${part}.log`),
    kubeconfig: (cluster) => join(directory, `${cluster}.kubeconfig`),
    cluster: (cluster) => {
      const base = join(directory, cluster);
      return {
        directory: base,
        pki: join(base, 'pki'),
        etcdData: join(base, 'etcd'),
        auditPolicy: join(base, 'audit-policy.json'),
        auditLog: join(base, 'audit.log'),
        egressPolicy: join(base, 'egress-policy.json'),
        serviceProxy: join(base, 'services.sock'),
        credential: (process) => join(base, `${process}.kubeconfig`),
      };
    },
  };
}
