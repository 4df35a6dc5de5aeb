/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 host in brackets, as a flag gives it. Throws when it is something else. */
export function parseListenAddress(text: string): ListenAddress {
  const [, ipv6, host, port] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  if (port === undefined || number > 65_535) throw new Error(`"${text}" is not host:port`);
  return { host: ipv6 ?? host ?? '', port: number };
}
