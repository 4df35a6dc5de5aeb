import { stringify } from 'yaml';

/** How a process reaches one API server, and as whom. */
export interface Access {
  /** Also the names of the context, the cluster and (with the user) the user entry. */
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly credential: { readonly token: string } | { readonly cert: string; readonly key: string };
}

/** For readers of YAML 1.1, kubectl among them, a cluster called `y`, `on` or `123` is no string unless it is quoted. */
const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 } as const;

/** The kubeconfig for one access: everything inline, no path and no helper program. */
export function formatKubeconfig(access: Access): string {
  const { cluster, user, credential } = access;
  const userName = `${user}@${cluster}`;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: cluster, cluster: { server: access.server, 'certificate-authority-data': toBase64(access.ca) } },
      ],
      users: [
        {
          name: userName,
          user:
            'token' in credential
              ? { token: credential.token }
              : { 'client-certificate-data': toBase64(credential.cert), 'client-key-data': toBase64(credential.key) },
        },
      ],
      contexts: [{ name: cluster, context: { cluster, user: userName, namespace: 'default' } }],
      'current-context': cluster,
    },
    quoted,
  );
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
