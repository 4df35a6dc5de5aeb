import { createPublicKey, sign, verify, X509Certificate } from 'node:crypto';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createCertificateAuthority, createTokenKeys } from './certificates.ts';

const now = new Date('2030-01-02T03:04:05Z');

describe('createCertificateAuthority', () => {
  it('issues server certificates for names and addresses', async () => {
    const authority = await createCertificateAuthority('test', now);
    const { cert } = await authority.issueServer('server', ['127.0.0.1', 'localhost']);
    const parsed = new X509Certificate(cert);
    const root = new X509Certificate(authority.cert);
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkHost('localhost')).toBe('localhost');
    expect(parsed.checkIP('127.0.0.2')).toBeUndefined();
    expect(parsed.verify(root.publicKey)).toBe(true);
    expect(root.ca).toBe(true);
    expect(parsed.ca).toBe(false);
  });

  it('issues client certificates that carry user and groups', async () => {
    const authority = await createCertificateAuthority('test', now);
    const { cert } = await authority.issueClient('admin', ['system:masters']);
    expect(new X509Certificate(cert).subject).toBe('CN=admin\nO=system:masters');
  });

  it('makes certificates valid from a little before the start, for a year', async () => {
    const { cert } = await createCertificateAuthority('test', now);
    const { validFromDate, validToDate } = new X509Certificate(cert);
    expect(validFromDate.getTime()).toBeLessThan(now.getTime());
    expect(validToDate.getTime() - now.getTime()).toBe(365 * 24 * 3_600_000);
  });

  it('makes a server certificate that ends sooner, where that is wanted', async () => {
    const soon = new Date(now.getTime() + 20_000);
    const { cert } = await (await createCertificateAuthority('test', now)).issueServer('s', ['127.0.0.1'], soon);
    expect(new X509Certificate(cert).validToDate).toEqual(soon);
  });

  it('gives every certificate another serial number', async () => {
    const authority = await createCertificateAuthority('test', now);
    const issued = await Promise.all([authority.issueClient('a'), authority.issueClient('a')]);
    expect(new Set(issued.map(({ cert }) => new X509Certificate(cert).serialNumber)).size).toBe(2);
  });

  it('issues pairs with which both ends of a connection trust each other', async () => {
    const authority = await createCertificateAuthority('test', new Date());
    const [server, client] = await Promise.all([authority.issueServer('s', ['127.0.0.1']), authority.issueClient('c')]);
    const seen = Promise.withResolvers<boolean>();
    const listener = createServer({ ...server, ca: authority.cert, requestCert: true }, (socket: TLSSocket) => {
      seen.resolve(socket.authorized);
      socket.end();
    });
    const port = await new Promise<number>((resolve) => {
      listener.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
    });
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ...client });
    socket.once('error', seen.reject);
    expect(await seen.promise).toBe(true);
    socket.destroy();
    listener.close();
  });
});

describe('createTokenKeys', () => {
  it('makes a pair whose public half proves what the private half signed', async () => {
    const { privateKey, publicKey } = await createTokenKeys();
    const signature = sign('sha256', Buffer.from('text'), privateKey);
    expect(verify('sha256', Buffer.from('text'), createPublicKey(publicKey), signature)).toBe(true);
  });
});
