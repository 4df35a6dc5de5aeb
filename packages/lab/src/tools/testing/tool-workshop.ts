import { catalogue, type Download, type ToolName } from '../catalogue.ts';
import { ensureTools, type ToolPaths } from '../ensure-tools.ts';
import { versions } from '../versions.ts';
import { FakeMachine } from './fake-machine.ts';

/** The cache of the fake machine. */
export const cache = '/home/ada/.cache/leafway/1.0.0';

/** What each tool of the pinned version prints when it is asked for its version. */
export const pinned: Readonly<Record<ToolName, string>> = {
  'kube-apiserver': `Kubernetes v${versions.kubernetes}`,
  'kube-controller-manager': `Kubernetes v${versions.kubernetes}`,
  kubectl: `Client Version: v${versions.kubernetes}`,
  etcd: `etcd Version: ${versions.etcd}`,
  helm: `v${versions.helm}`,
  'wireguard-go': 'wireguard-go v0.0.20250522',
};

/** A fake machine with nothing on it, and what may be put there. */
export interface ToolWorkshop {
  readonly machine: FakeMachine;
  /** The progress that a person saw. */
  readonly shown: readonly string[];
  ensure(signal?: AbortSignal): Promise<ToolPaths>;
  /** Puts tools into a directory, all by default. */
  put(directory: string, names?: readonly ToolName[]): void;
  /** Lets `go build` write what the tool of that package prints. */
  installGo(build?: (output: string) => void): void;
  /** Serves every official download with its checksum. */
  openInternet(): void;
  downloadOf(name: ToolName): Download;
}

export function aToolWorkshop(): ToolWorkshop {
  const machine = new FakeMachine();
  const shown: string[] = [];
  const progress = {
    note: (text: string) => void shown.push(text),
    begin: (what: string, means: string) => {
      shown.push(`${what}: ${means}`);
      return { advance: () => {}, end: (result: string) => void shown.push(`${what}: ${result}`) };
    },
  };
  return {
    machine,
    shown,
    ensure: (signal) => ensureTools({ machine, progress, release: '1.0.0', sources: '/sources', signal }),
    put: (directory, names = catalogue.map(({ name }) => name)) => {
      for (const name of names) machine.contents.set(`${directory}/${name}`, pinned[name]);
    },
    installGo: (build = () => {}) => installGo(machine, build),
    openInternet: () => openInternet(machine),
    downloadOf,
  };
}

function installGo(machine: FakeMachine, build: (output: string) => void): void {
  machine.contents.set('/usr/bin/go', '');
  machine.commands.set('go', (args) => {
    if (args[0] === 'version') return { stdout: 'go version go1.26.8 linux/amd64' };
    const output = args[args.indexOf('-o') + 1] ?? '';
    build(output);
    machine.contents.set(output, pinned[output.split('/').at(-1) as ToolName]);
    return {};
  });
}

function openInternet(machine: FakeMachine): void {
  for (const tool of catalogue) {
    const download = tool.download?.('amd64');
    if (download !== undefined) machine.serve(download.url, pinned[tool.name]);
  }
  for (const { url, checksumURL } of [downloadOf('etcd'), downloadOf('helm')]) {
    const sum = machine.pages.get(`${url}.sha256`);
    const name = url.split('/').at(-1);
    if (sum !== undefined && 'text' in sum) machine.pages.set(checksumURL, { text: `${sum.text}  ${name}\n` });
  }
  machine.commands.set('tar', ([, archive = '', , directory = '', member = '']) => {
    machine.contents.set(`${directory}/${member}`, machine.contents.get(archive) ?? '');
    return {};
  });
}

function downloadOf(name: ToolName): Download {
  const download = catalogue.find((tool) => tool.name === name)?.download?.('amd64');
  if (download === undefined) throw new Error(`${name} has no download`);
  return download;
}
