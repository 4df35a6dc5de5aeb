import { versions } from './versions.ts';

/** The names of the tools, which are also their file names. */
export type ToolName = 'kube-apiserver' | 'kube-controller-manager' | 'kubectl' | 'etcd' | 'helm' | 'wireguard-go';

/** The machine architectures for which there are official downloads, by their names in those. */
export type Architecture = 'amd64' | 'arm64';

/** A file to download, and where its SHA-256 sum is published. */
export interface Download {
  readonly url: string;
  readonly checksumURL: string;
  /** The wanted file's path where `url` is a compressed tar archive. */
  readonly archiveMember?: string;
}

/** How Go makes a tool: the folder under `tools/` with its go.mod, the package, and variables that the linker sets. */
export interface GoBuild {
  readonly folder: string;
  readonly package: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** All that is known about a tool beforehand. */
export interface Tool {
  readonly name: ToolName;
  /** Undefined where a binary does not tell its release, so that any that runs will do. */
  readonly version: string | undefined;
  readonly versionArguments: readonly string[];
  /** Its first group is the version in what the tool prints. */
  readonly versionPattern: RegExp;
  readonly download?: (architecture: Architecture) => Download;
  readonly build: GoBuild;
}

function kubernetesTool(
  name: 'kube-apiserver' | 'kube-controller-manager' | 'kubectl',
  versionArguments: readonly string[],
): Tool {
  const version = versions.kubernetes;
  const [major = '', minor = ''] = version.split('.');
  const component = 'k8s.io/component-base/version';
  return {
    name,
    version,
    versionArguments,
    versionPattern: /(?:Kubernetes|Client Version:) v(\d+\.\d+\.\d+)/,
    download: (architecture) => {
      const url = `https://dl.k8s.io/v${version}/bin/linux/${architecture}/${name}`;
      return { url, checksumURL: `${url}.sha256` };
    },
    build: {
      folder: 'kubernetes',
      package: `k8s.io/kubernetes/cmd/${name}`,
      // Without these the server reports no version, and clients refuse to talk to it.
      variables: {
        [`${component}.gitVersion`]: `v${version}`,
        [`${component}.gitMajor`]: major,
        [`${component}.gitMinor`]: minor,
      },
    },
  };
}

const etcd: Tool = {
  name: 'etcd',
  version: versions.etcd,
  versionArguments: ['--version'],
  versionPattern: /etcd Version: (\d+\.\d+\.\d+)/,
  download: (architecture) => {
    const release = `https://github.com/etcd-io/etcd/releases/download/v${versions.etcd}`;
    const archive = `etcd-v${versions.etcd}-linux-${architecture}`;
    return {
      url: `${release}/${archive}.tar.gz`,
      checksumURL: `${release}/SHA256SUMS`,
      archiveMember: `${archive}/etcd`,
    };
  },
  build: { folder: 'etcd', package: 'go.etcd.io/etcd/server/v3', variables: {} },
};

const helm: Tool = {
  name: 'helm',
  version: versions.helm,
  versionArguments: ['version', '--short'],
  versionPattern: /^v(\d+\.\d+\.\d+)/,
  download: (architecture) => {
    const url = `https://get.helm.sh/helm-v${versions.helm}-linux-${architecture}.tar.gz`;
    return { url, checksumURL: `${url}.sha256sum`, archiveMember: `linux-${architecture}/helm` };
  },
  build: {
    folder: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    // Without it the binary says that it is v4.3, and `kubeVersion` and plugins are judged by that.
    variables: { 'helm.sh/helm/v4/internal/version.version': `v${versions.helm}` },
  },
};

/** Its project publishes sources only. */
const wireguardGo: Tool = {
  name: 'wireguard-go',
  version: undefined,
  versionArguments: ['--version'],
  versionPattern: /wireguard-go v?(\S+)/,
  build: { folder: 'wireguard-go', package: 'golang.zx2c4.com/wireguard', variables: {} },
};

/** Every tool that the lab needs, in the order in which they are built. */
export const catalogue: readonly Tool[] = [
  wireguardGo,
  etcd,
  kubernetesTool('kube-apiserver', ['--version']),
  kubernetesTool('kube-controller-manager', ['--version']),
  kubernetesTool('kubectl', ['version', '--client']),
  helm,
];

/** The Go distribution for a machine without one; it unpacks into a folder `go`. */
export function goDownload(architecture: Architecture): Download {
  const url = `https://dl.google.com/go/go${versions.go}.linux-${architecture}.tar.gz`;
  return { url, checksumURL: `${url}.sha256` };
}

/** The downloads' name for what Node calls `process.arch`, undefined where there are none. */
export function architectureOf(nodeArchitecture: string): Architecture | undefined {
  if (nodeArchitecture === 'x64') return 'amd64';
  return nodeArchitecture === 'arm64' ? 'arm64' : undefined;
}
