/** Why each package that is not ours is depended on at run time: what it saves, and what else was looked at. */
export const dependencyReasons: Readonly<Record<string, string>> = {
  '@kubernetes/client-node':
    "Reads the process's own kubeconfig with everything that users put into it: credential programs, OpenID Connect, the ServiceAccount of a pod. It is loaded only when such a kubeconfig is read; requests do not go through it.",
  '@peculiar/x509':
    "Issues certificates: the webhook's own authority, and those of the lab. Node verifies certificates but cannot make them.",
  ajv: 'Checks objects against the schemas of the kinds where no API server has done it. The schemas are JSON Schema already; users of `@leafway/core` bring the validator they like.',
  commander: 'Command lines: flags, help and their errors. No dependencies of its own.',
  express:
    'Serves what is asked besides admissions (`/healthz`, `/readyz`, `/metrics`); admissions are answered by `node:https` alone.',
  jose: 'Reads when a token expires. No dependencies of its own, on WebCrypto.',
  pino: 'Structured logs, one line of JSON each, cheap enough for every decision; the libraries take any logger with its methods.',
  'prom-client':
    'The text format of Prometheus with histograms. Behind a port of three methods, in an entry of its own: who measures in another way does not load it.',
  'reflect-metadata': '`@peculiar/x509` needs it to be loaded before.',
  undici:
    "HTTP with a pool of connections, limits on time and size, and client certificates. It is what Node's own `fetch` is made of, which has no such settings.",
  yaml: 'Reads kubeconfigs and manifests and tells the line of an error. The one YAML library that we call.',
};
