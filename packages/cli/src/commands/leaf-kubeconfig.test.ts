import { rootCertificates } from 'node:tls';
import { ApiError, type KubeObject, parseKubeconfig } from '@leafway/reconciler';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeTerminal } from '../testing/fake-terminal.ts';

const caData = rootCertificates[0] ?? '';
const expirationTimestamp = '2027-11-21T10:00:00Z';

let terminal: FakeTerminal;
/** What was asked for: the path below the namespace, the object. */
let asked: [string, KubeObject][];
beforeEach(() => {
  asked = [];
  terminal = new FakeTerminal();
  terminal.caData = caData;
  terminal.central.create = async (type, object) => {
    asked.push([type.plural, object]);
    return { ...object, status: { token: 'new-token', expirationTimestamp } };
  };
});

describe('leaf kubeconfig', () => {
  it("prints a kubeconfig that the controller takes, with a token of the chart's account and nothing else", async () => {
    const { code, out, err } = await terminal.run('leaf', 'kubeconfig', '--context', 'rome-admin');
    expect(code).toBe(0);
    expect(parseKubeconfig(out)).toEqual({ server: 'https://central:6443', caData, token: 'new-token' });
    expect(err).toBe(`token of ServiceAccount leafway-system/leafway-centre, good until ${expirationTimestamp}`);
    expect(terminal.connections).toEqual([{ context: 'rome-admin' }]);
    expect(asked).toMatchObject([
      [
        'serviceaccounts/leafway-centre/token',
        { metadata: { namespace: 'leafway-system' }, spec: { expirationSeconds: 31_536_000 } },
      ],
    ]);
  });

  it('takes another account, time and address', async () => {
    const options = ['--namespace', 'fleet', '--account', 'hub', '--duration', '24h', '--server', 'https://rome:443'];
    const { out } = await terminal.run('leaf', 'kubeconfig', ...options);
    expect(parseKubeconfig(out).server).toBe('https://rome:443');
    expect(asked).toMatchObject([
      ['serviceaccounts/hub/token', { metadata: { namespace: 'fleet' }, spec: { expirationSeconds: 86_400 } }],
    ]);
  });

  it('says what to install where there is no such account', async () => {
    terminal.central.create = async () => {
      throw new ApiError('not there', { code: 'NotFound', status: 404, operation: 'create' });
    };
    const { code, out, err } = await terminal.run('leaf', 'kubeconfig');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('no ServiceAccount leafway-system/leafway-centre: install the chart leafway-leaf there');
  });

  it('asks for nothing where the kubeconfig does not say whom to trust', async () => {
    terminal.caData = undefined;
    const { code, err } = await terminal.run('leaf', 'kubeconfig');
    expect([code, asked]).toEqual([1, []]);
    expect(err).toContain('has no certificate-authority-data');
  });
});
