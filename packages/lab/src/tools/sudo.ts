/** What of a user's environment a command still has when it runs again as root: where programs are, and the way out. */
const kept = [
  ...['PATH', 'KUBEBUILDER_ASSETS', 'NO_COLOR', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'],
  ...['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOFLAGS', 'GOTOOLCHAIN'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
];

/** Who may be asked whether a command shall run again as root, and how it is run. */
export interface SudoOffer {
  /** The command line of this very process. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person sits at a terminal. */
  readonly isInteractive: boolean;
  print(line: string): void;
  /** The line that the person answered; empty when they gave none. */
  ask(question: string): Promise<string>;
  /** Runs a command in the foreground and tells its exit code. */
  run(command: readonly string[]): Promise<number>;
}

/**
 * Asks the person at the terminal whether this command shall run again with sudo, and does that only on a yes; without
 * a terminal it prints the command. Returns the exit code of this process.
 */
export async function offerSudo(offer: SudoOffer): Promise<number> {
  const command = sudoCommand(offer.command, offer.environment);
  if (!offer.isInteractive) {
    offer.print(`the same as root: ${command.map(quote).join(' ')}`);
    return 1;
  }
  const answer = await offer.ask('Run this command again with sudo? [y/N] ');
  return /^y(es)?$/i.test(answer.trim()) ? await offer.run(command) : 1;
}

/** With root's own home directory, so that no file of root's comes to lie in the user's cache. */
function sudoCommand(command: readonly string[], environment: SudoOffer['environment']): string[] {
  const assignments = kept.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return ['sudo', '-H', '--', 'env', ...assignments, ...command];
}

/** As a shell reads it. */
function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
