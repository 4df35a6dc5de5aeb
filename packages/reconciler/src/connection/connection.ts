/** Both PEM. */
export interface ClientCertificate {
  readonly certData: string;
  readonly keyData: string;
}

/** How to reach and trust one API server, and who to be there. Lives in memory only: it holds credentials. */
export interface ClusterConnection {
  /** `https://host:port`, with a path when the API is served below one. */
  readonly server: string;
  /** PEM. Without it the system's certificate authorities are trusted. */
  readonly caData?: string;
  /** A function is asked before every request, so that a rotated token is picked up. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** PEM. */
  readonly certData?: string;
  /** PEM. */
  readonly keyData?: string;
  /** Asked before every request: a certificate that a credential program issues, and renews. `undefined` for none. */
  readonly clientCertificate?: () => Promise<ClientCertificate | undefined>;
  /** The name that the server's certificate must carry, when it is not the host's. */
  readonly serverName?: string;
  /** An HTTP or HTTPS proxy. */
  readonly proxyUrl?: string;
}
