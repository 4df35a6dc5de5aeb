import { credentialWarningMs } from '@leafway/core';
import { type Clock, type ClusterConnection, sleep } from '@leafway/reconciler';
import { credentialExpiry } from './credential-expiry.ts';

/** What a leaf is logged in to with, as far as others need to know it. */
export interface Credential {
  readonly expiresAt: Date | undefined;
}

const lookAgainMs = 3_600_000;

/**
 * While plans warn of a credential that expires, looks every hour whether it was renewed in its Secret, as Liqo does by
 * itself. The connection goes on with the old one for as long as that is good, and then takes the new one. Never rejects.
 */
export async function followRenewals(
  deps: {
    readonly clock: Clock;
    readonly read: (signal: AbortSignal) => Promise<ClusterConnection>;
    readonly credential: () => Credential | undefined;
    readonly onRenewed: (credential: Credential) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(deps.clock, lookAgainMs, signal);
    const endMs = deps.credential()?.expiresAt?.getTime();
    if (signal.aborted || endMs === undefined || endMs - deps.clock.now().getTime() > credentialWarningMs) continue;
    try {
      const expiresAt = credentialExpiry(await deps.read(signal));
      if (expiresAt?.getTime() !== endMs) deps.onRenewed({ expiresAt });
    } catch {
      // Whoever needs it next will say what is wrong with it.
    }
  }
}
