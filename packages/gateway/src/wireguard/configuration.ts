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
  /**
   * The key that the peer will have next. Whoever has it may knock, which shows, and is not let in: packets are taken from
   * one key at a time, so that those sent with another one wait at their sender instead of being lost here.
   */
  readonly nextKey?: string;
}

/** What a device says of itself. */
export interface ObservedWireGuard extends WireGuardState {
  /** The next key knocked, from that `address:port`. */
  readonly knockedFrom?: string;
}

/** What is not to be seen: the own key, and one that nobody else has, which keeps the next key of the peer out. */
export interface WireGuardSecrets {
  readonly privateKey: string;
  readonly bolt: string;
}

/** The text that `wg setconf` and `wg syncconf` read. It holds the private key: for standard input only. */
export function wireGuardConfiguration(state: WireGuardState, { privateKey, bolt }: WireGuardSecrets): string {
  const lines = ['[Interface]', `PrivateKey = ${privateKey}`, `ListenPort = ${state.listenPort}`];
  if (state.peer !== undefined) {
    lines.push('[Peer]', `PublicKey = ${state.peer.publicKey}`, 'AllowedIPs = 0.0.0.0/0');
    if (state.peer.endpoint !== undefined) lines.push(`Endpoint = ${state.peer.endpoint}`);
  }
  if (state.nextKey !== undefined) lines.push('[Peer]', `PublicKey = ${state.nextKey}`, `PresharedKey = ${bolt}`);
  return `${lines.join('\n')}\n`;
}

/**
 * Reads `wg show <device> dump`: one line for the device, one for each peer, fields separated by tabs. The peer is the
 * one that may send; another one is only let knock, and did when anything came from it that its key had signed.
 */
export function parseDump(text: string): ObservedWireGuard {
  const [device = '', ...lines] = text.trimEnd().split('\n');
  const [, publicKey = '', listenPort = ''] = device.split('\t');
  const peers = lines.map((line) => {
    const [key = '', , endpoint = none, allowedIPs = none, , receivedBytes = '0'] = line.split('\t');
    return { publicKey: key, endpoint, allowedIPs, receivedBytes: Number(receivedBytes) };
  });
  const peer = peers.find(({ allowedIPs }) => allowedIPs !== none);
  const next = peers.find(({ allowedIPs }) => allowedIPs === none);
  return {
    publicKey,
    listenPort: Number(listenPort),
    ...(peer === undefined ? {} : { peer: withEndpoint(peer.publicKey, peer.endpoint) }),
    ...(next === undefined ? {} : { nextKey: next.publicKey }),
    ...(next === undefined || next.receivedBytes === 0 ? {} : { knockedFrom: next.endpoint }),
  };
}

const none = '(none)';

const withEndpoint = (publicKey: string, endpoint: string): Peer =>
  endpoint === none ? { publicKey } : { publicKey, endpoint };

/** Whether a device that is `observed` needs no change to be `desired`; a learnt endpoint is as good as none. */
export function isConfigured(observed: WireGuardState | undefined, desired: WireGuardState): boolean {
  if (observed === undefined) return false;
  const { peer } = desired;
  return (
    observed.publicKey === desired.publicKey &&
    observed.listenPort === desired.listenPort &&
    observed.peer?.publicKey === peer?.publicKey &&
    observed.nextKey === desired.nextKey &&
    (peer?.endpoint === undefined || observed.peer?.endpoint === peer.endpoint)
  );
}
