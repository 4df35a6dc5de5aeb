import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says about the process of a Pod. */
export interface ProcessReport {
  /** Of the program, as its image tells it. */
  readonly version: string;
  readonly args: readonly string[];
  /** By the numbers that it sees itself. */
  readonly user: number;
  readonly group: number;
  readonly capabilities: bigint;
  readonly mayGainPrivileges: boolean;
  readonly hasReadOnlyRoot: boolean;
  /** Of the token that is mounted: whose it is, and for which Pod. */
  readonly account: string;
  readonly boundTo: string;
}

/** The report of the one process of a Pod whose program is `main.js`. Throws when there is none. */
export function reportOf(pod: string): ProcessReport {
  const directory = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => `/proc/${name}`)
    .find((path) => wordsOf(path, 'environ').includes(`HOSTNAME=${pod}`) && wordsOf(path, 'cmdline')[1] === program);
  if (directory === undefined) throw new Error(`no process runs for the Pod ${pod}`);
  const status = readFileSync(`${directory}/status`, 'utf8');
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  const token = readFileSync(`${directory}/root/var/run/secrets/kubernetes.io/serviceaccount/token`, 'utf8');
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
  const manifest = JSON.parse(readFileSync(`${directory}/root/app/package.json`, 'utf8')) as { version: string };
  return {
    version: manifest.version,
    args: wordsOf(directory, 'cmdline').slice(2),
    user: innerNumber(directory, 'uid_map'),
    group: innerNumber(directory, 'gid_map'),
    capabilities: BigInt(`0x${field('CapEff')}`) | BigInt(`0x${field('CapPrm')}`),
    mayGainPrivileges: field('NoNewPrivs') !== '1',
    hasReadOnlyRoot: /^\d+ \d+ \S+ \S+ \/ ro[, ]/m.test(readFileSync(`${directory}/mountinfo`, 'utf8')),
    account: claims.sub,
    boundTo: claims['kubernetes.io'].pod.name,
  };
}

const program = '/app/dist/main.js';

interface Claims {
  readonly sub: string;
  readonly 'kubernetes.io': { readonly pod: { readonly name: string } };
}

function wordsOf(directory: string, file: 'cmdline' | 'environ'): string[] {
  try {
    return readFileSync(`${directory}/${file}`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return []; // It ended meanwhile, or is not ours to look at.
  }
}

/** Each process has a user namespace with one number in it, its own. */
function innerNumber(directory: string, file: 'uid_map' | 'gid_map'): number {
  return Number(readFileSync(`${directory}/${file}`, 'utf8').trim().split(/\s+/)[0]);
}
