/**
 * The one place that says which versions the lab runs. The go.mod files under `tools/` name the same ones, which a test
 * checks. Kubernetes 1.36.3 itself names etcd 3.6.8.
 */
export const versions = {
  kubernetes: '1.36.3',
  etcd: '3.6.8',
  helm: '4.3.1',
  wireguardGo: '0.0.0-20260522210424-ecfc5a8d5446',
  /** Downloaded where something must be built and the machine has no Go that can. */
  go: '1.26.8',
} as const;

/** True when both versions have the same major and minor number. */
export function isSameMinor(a: string, b: string): boolean {
  const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');
  return minorOf(a) === minorOf(b);
}
