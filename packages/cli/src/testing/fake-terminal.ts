import { parseKubeconfig } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom } from '@leafway/reconciler/testing';
import { CommanderError } from 'commander';
import { CliError } from '../errors.ts';
import { createProgram } from '../program.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  /** What went to standard output, and to standard error. */
  readonly out: string;
  readonly err: string;
}

/** The command line on a central cluster in memory. */
export class FakeTerminal {
  readonly clock = new FakeClock();
  readonly central: FakeKubeApi;
  /** Files that the user may name. */
  readonly files = new Map<string, string>();
  /** The clusters behind kubeconfigs that are read strictly, by the address of their servers. */
  readonly leaves = new Map<string, FakeKubeApi>();
  /** How the commands connected to the central cluster. */
  readonly connections: CentralOptions[] = [];
  /** Whom `connect` trusts. */
  caData: string | undefined = 'the authority of central';
  readonly user = new AbortController();
  /** The servers whose connections were closed again. */
  readonly closed: string[] = [];
  /** What the user says when asked; `undefined`: nobody is there. */
  answer: boolean | undefined;

  constructor() {
    this.central = new FakeKubeApi({ cluster: 'central', clock: this.clock });
  }

  /** Starts a command; it runs while the test moves the clock or changes the cluster. */
  start(...args: readonly string[]): Promise<Ran> & { readonly lines: readonly string[] } {
    const out: string[] = [];
    const err: string[] = [];
    let exitCode = 0;
    const program = createProgram({
      ...this.#terminal(out, err),
      exitWith: (code) => {
        exitCode = code;
      },
    });
    const write = (lines: string[]) => (text: string) => lines.push(...text.trimEnd().split('\n'));
    for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)])
      command.configureOutput({ writeOut: write(out), writeErr: write(err) }).exitOverride();
    const ended = program.parseAsync(args, { from: 'user' }).then(
      () => exitCode,
      (error: unknown) => {
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        err.push(error instanceof Error ? error.message : String(error));
        return error instanceof CliError ? error.exitCode : 1;
      },
    );
    const result = ended.then((code) => ({ code, out: out.join('\n'), err: err.join('\n') }));
    return Object.assign(result, { lines: err });
  }

  /** Runs a command that needs nothing to happen meanwhile. */
  run(...args: readonly string[]): Promise<Ran> {
    return this.start(...args);
  }

  #terminal(out: string[], err: string[]): Terminal {
    return {
      version: '1.2.3',
      print: (line) => out.push(line),
      progress: (line) => err.push(line),
      exitWith: () => undefined,
      resolve: (path) => path,
      readText: async (path) => {
        const content = this.files.get(path);
        if (content === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
        return content;
      },
      connect: (options) => {
        this.connections.push(options);
        const connection = {
          server: 'https://central:6443',
          ...(this.caData === undefined ? {} : { caData: this.caData }),
        };
        return { api: this.central, server: connection.server, connection, close: async () => undefined };
      },
      connectStrictly: (kubeconfig) => {
        const connection = parseKubeconfig(kubeconfig);
        const { server } = connection;
        return { api: this.#leafAt(server), server, connection, close: async () => undefined };
      },
      connectTo: ({ server }) => {
        const close = async (): Promise<void> => void this.closed.push(server);
        return Object.assign(this.#leafAt(server), { close });
      },
      confirm: async () => this.answer,
      labTools: () => Promise.reject(new Error('the tools are not wanted yet')),
      monotonicMs: () => this.clock.monotonicMs(),
      clock: this.clock,
      random: seededRandom(1),
      defaultLabDirectory: '/labs/default',
      demoDirectory: '/labs/demo',
      hasColour: false,
      environment: {},
      runtime: { execPath: 'node', execArgv: [] },
      signal: this.user.signal,
    };
  }

  #leafAt(server: string): FakeKubeApi {
    const api = this.leaves.get(server);
    if (api === undefined) throw new Error(`no cluster of this test is at ${server}`);
    return api;
  }
}
