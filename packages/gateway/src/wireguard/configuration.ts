/** The other end of a tunnel. Everything may come from it: what may pass is the firewall's business. */
export interface Peer {
  readonly publicKey: string;
  /** `address:port`; absent at a server, which learns it from the first packet. */
  readonly endpoint?: string;
}

/** How a WireGuard device is set; the private key is known by its public half, so that this may be compared and shown. */
export interface WireGuardState {
  readonly publicKey: string;
  readonly listenPort: number;
  readonly peer?: Peer;
}

/** The text that `wg setconf` and `wg syncconf` read. It holds the private key: for standard input only. */
export function wireGuardConfiguration(state: WireGuardState, privateKey: string): string {
  const lines = ['[Interface]', `PrivateKey = ${privateKey}`, `ListenPort = ${state.listenPort}`];
  if (state.peer !== undefined) {
    lines.push('[Peer]', `PublicKey = ${state.peer.publicKey}`, 'AllowedIPs = 0.0.0.0/0');
    if (state.peer.endpoint !== undefined) lines.push(`Endpoint = ${state.peer.endpoint}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Reads `wg show <device> dump`: one line for the device, one for each peer, fields separated by tabs. */
export function parseDump(text: string): WireGuardState {
  const [device = '', ...peers] = text.trimEnd().split('\n');
  const [, publicKey = '', listenPort = ''] = device.split('\t');
  const [peerKey, , endpoint] = peers[0]?.split('\t') ?? [];
  const state = { publicKey, listenPort: Number(listenPort) };
  if (peerKey === undefined) return state;
  const known = endpoint !== undefined && endpoint !== '(none)';
  return { ...state, peer: known ? { publicKey: peerKey, endpoint } : { publicKey: peerKey } };
}

/** Whether a device that is `observed` needs no change to be `desired`; a learnt endpoint is as good as none. */
export function isConfigured(observed: WireGuardState | undefined, desired: WireGuardState): boolean {
  if (observed === undefined) return false;
  const { peer } = desired;
  return (
    observed.publicKey === desired.publicKey &&
    observed.listenPort === desired.listenPort &&
    observed.peer?.publicKey === peer?.publicKey &&
    (peer?.endpoint === undefined || observed.peer?.endpoint === peer.endpoint)
  );
}
