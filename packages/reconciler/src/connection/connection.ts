/** How to reach and trust one API server, and who to be there. Lives in memory only: it holds credentials. */
export interface ClusterConnection {
  /** `https://host:port`, with a path when the API is served below one. */
  readonly server: string;
  /** PEM. Without it the system's certificate authorities are trusted. */
  readonly caData?: string;
  /** A function is asked before every request, so that a rotated token is picked up. */
  readonly token?: string | (() => string | Promise<string>);
  /** PEM. */
  readonly certData?: string;
  /** PEM. */
  readonly keyData?: string;
  /** The name that the server's certificate must carry, when it is not the host's. */
  readonly serverName?: string;
  /** An HTTP or HTTPS proxy. */
  readonly proxyUrl?: string;
}
