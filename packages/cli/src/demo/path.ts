/** How many payload bytes a gateway's tunnel device carried during a fetch. */
export interface TunnelGrowth {
  readonly cluster: string;
  readonly remoteClusterID: string;
  readonly bytes: number;
}

export interface TakenPath {
  /** The clusters in the order in which the traffic met them. */
  readonly path: readonly string[];
  readonly tunnels: number;
}

/**
 * The path that a fetch took, from what the kernel counted, never from a plan: a tunnel was crossed when the devices
 * at both of its ends grew by at least the payload.
 * @throws Error when the tunnels that grew are no path from one cluster to the other.
 */
export function pathTaken(from: string, to: string, payloadBytes: number, growth: readonly TunnelGrowth[]): TakenPath {
  const grew = growth.filter(({ bytes }) => bytes >= payloadBytes);
  const crossed = grew.filter(({ cluster, remoteClusterID }) =>
    grew.some((other) => other.cluster === remoteClusterID && other.remoteClusterID === cluster),
  );
  const path = [from];
  for (let here = from; here !== to; ) {
    const next = crossed.find(({ cluster, remoteClusterID }) => cluster === here && !path.includes(remoteClusterID));
    if (next === undefined) throw new Error(noPath(from, to, payloadBytes, growth));
    here = next.remoteClusterID;
    path.push(here);
  }
  return { path, tunnels: path.length - 1 };
}

function noPath(from: string, to: string, payloadBytes: number, growth: readonly TunnelGrowth[]): string {
  const seen = growth.map(({ cluster, remoteClusterID, bytes }) => `${cluster}→${remoteClusterID} ${bytes}`).join(', ');
  return `no tunnels from ${from} to ${to} carried the ${payloadBytes} bytes of the fetch; the tunnel devices grew by: ${seen}`;
}
