import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isSameMinor, versions } from './versions.ts';

function goModule(folder: string): string {
  return readFileSync(new URL(`../../tools/${folder}/go.mod`, import.meta.url), 'utf8');
}

test.each([
  ['kubernetes', `k8s.io/kubernetes v${versions.kubernetes}`],
  ['etcd', `go.etcd.io/etcd/server/v3 v${versions.etcd}`],
  ['helm', `helm.sh/helm/v4 v${versions.helm}`],
  ['wireguard-go', `golang.zx2c4.com/wireguard v${versions.wireguardGo}`],
])('tools/%s/go.mod builds the pinned version', (folder, line) => {
  expect(goModule(folder)).toMatch(new RegExp(`\\b${line.replaceAll('.', '\\.')}\\b`));
});

test('only the major and the minor number count for a minor version', () => {
  expect(isSameMinor('1.36.3', '1.36.0')).toBe(true);
  expect(isSameMinor('1.36.3', '1.3.6')).toBe(false);
  expect(isSameMinor('2.36.3', '1.36.3')).toBe(false);
});
