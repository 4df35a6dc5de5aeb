import type { Server } from 'node:net';
import type { Cache, KubeObject } from '@leafway/reconciler';
import { serveConnect } from './connect-socket.ts';
import { type KubeletServer, kubeletPort } from './kubelet-server.ts';
import type { NodeGateway } from './node-gateway.ts';

export interface Service extends KubeObject {
  readonly spec?: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
}

export interface EndpointSlice extends KubeObject {
  readonly endpoints?: readonly {
    readonly addresses: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

/** What a proxy of Services looks at. */
export interface ServiceView {
  readonly services: Pick<Cache<Service>, 'list'>;
  readonly slices: Pick<Cache<EndpointSlice>, 'list'>;
}

/** The addresses of all ready endpoints behind a port of a cluster IP, by the objects that kube-proxy reads. */
export function endpointsOf({ services, slices }: ServiceView, clusterIP: string, port: number): string[] {
  const service = services.list().find(({ spec }) => spec?.clusterIP === clusterIP);
  const name = service?.spec?.ports?.find((one) => one.port === port)?.name ?? '';
  if (service === undefined) return [];
  return slices
    .list()
    .filter(({ metadata }) => metadata.namespace === service.metadata.namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name)
    .flatMap(({ endpoints = [], ports = [] }) => {
      const target = ports.find((one) => (one.name ?? '') === name)?.port;
      const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
      return target === undefined ? [] : ready.flatMap(({ addresses }) => addresses.map((at) => `${at}:${target}`));
    });
}

/** Who answers for what an API server asks for in its cluster. */
export interface ClusterAddresses {
  readonly view: ServiceView;
  readonly gateway: NodeGateway;
  /** Answers for every node. */
  readonly kubelet: KubeletServer;
}

/**
 * Plays kube-proxy for an API server that reaches its cluster through the socket `path`: each connection to a Service
 * goes to the next ready endpoint, and is refused without any. What is for the kubelet of a node, or for a Pod itself as
 * `pods/proxy` asks it, comes here too.
 */
export function serveClusterAddresses(path: string, { view, gateway, kubelet }: ClusterAddresses): Server {
  let turn = 0;
  return serveConnect(path, (host, port) => {
    if (port === kubeletPort) return kubelet.connect();
    const isService = view.services.list().some(({ spec }) => spec?.clusterIP === host);
    if (!isService) return gateway.connect(`${host}:${port}`);
    const endpoints = endpointsOf(view, host, port);
    turn += 1;
    const endpoint = endpoints[turn % endpoints.length];
    if (endpoint === undefined) throw new Error(`${host}:${port} has no ready endpoint`);
    return gateway.connect(endpoint);
  });
}
