import { parseKubeconfig } from '@leafway/reconciler';
import { describe, expect, it } from 'vitest';
import { createCertificateAuthority } from './certificates.ts';
import { formatKubeconfig } from './kubeconfig.ts';

const authority = await createCertificateAuthority('test', new Date());
const admin = await authority.issueClient('admin');
const base = { cluster: 'rome', user: 'admin', server: 'https://127.0.0.1:6443', ca: authority.cert };

describe('formatKubeconfig', () => {
  it('writes a token kubeconfig that the strict reader of foreign kubeconfigs accepts', () => {
    const connection = parseKubeconfig(formatKubeconfig({ ...base, credential: { token: 'secret' } }));
    expect(connection).toMatchObject({ server: base.server, caData: base.ca, token: 'secret' });
  });

  it.each(['y', 'on', '123'])(
    'quotes the name of the cluster %s, which is no string to every reader of YAML',
    (cluster) => {
      const text = formatKubeconfig({ ...base, cluster, credential: { token: 'secret' } });
      expect(text).toContain(`current-context: "${cluster}"`);
      expect(text).toContain(`- name: "${cluster}"`);
    },
  );

  it('writes a certificate kubeconfig that can be read back', () => {
    const connection = parseKubeconfig(formatKubeconfig({ ...base, credential: admin }));
    expect(connection).toEqual({ server: base.server, caData: base.ca, certData: admin.cert, keyData: admin.key });
  });
});
