import { stringify } from 'yaml';

/** A self-signed certificate that is valid for a hundred years: for tests only, its key is thrown away. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBejCCASGgAwIBAgIUcPF2/fto2eD9L21L6CKYqWZ+4EQwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdC1jYTAgFw0yNjExMjEwNDQxMjVaGA8yMTI2MTAyODA0
NDEyNVowEjEQMA4GA1UEAwwHdGVzdC1jYTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABK/OvjFm/1USR2UNxxlCu2wT++LOK+ljJrWHXYS87L+vWeylG3cUkGzdRrM8
tLMTwNYPSPaoJfVCST6lP+OfrMijUzBRMB0GA1UdDgQWBBTOjnm9UIxMlPevkxFS
lWuQNSFoljAfBgNVHSMEGDAWgBTOjnm9UIxMlPevkxFSlWuQNSFoljAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIEJk39YvLRP4zSTmVJM55thdh9yX
8e/ZGY1tqZIrEQ+VAiB/VfxOKzuDsqL7OtHiYaXbT86mmqyQSMwkLi80M+7nYQ==
-----END CERTIFICATE-----
`;

/** A kubeconfig with one cluster and a token, and what is to be different in it. */
export function aKubeconfig(server: string, changes: { cluster?: object; user?: object; rest?: object } = {}): string {
  const cluster = {
    server,
    'certificate-authority-data': Buffer.from(certificate).toString('base64'),
    ...changes.cluster,
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'main',
    contexts: [{ name: 'main', context: { cluster: 'main', user: 'main' } }],
    clusters: [{ name: 'main', cluster }],
    users: [{ name: 'main', user: changes.user ?? { token: 'secret-token' } }],
    ...changes.rest,
  });
}
