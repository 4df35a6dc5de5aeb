import {
  buildConfiguration,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  type Configuration,
  type Connection,
  type GatewayClient,
  type GatewayServer,
  resources,
  type WantedCIDRs,
} from '@leafway/liqo';
import type { FakeKubeApi } from '@leafway/reconciler/testing';
import { generateKeyPair } from '../wireguard/keys.ts';
import { sideOf, type startAgent } from './agent-world.ts';

const template = { namespace: 'liqo' };
const ranges = { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] };
export const peerKey = generateKeyPair().publicKey;
export const atMilan = { namespace: 'liqo-tenant-milan', name: 'milan' };
export type Agent = Awaited<ReturnType<typeof startAgent>>;

export function addConfiguration(api: FakeKubeApi, remote = 'milan', wanted?: WantedCIDRs): void {
  api.seed(resources.configurations, buildConfiguration(sideOf(api, remote), { ...ranges, wanted }));
}

export function addServer(api: FakeKubeApi, remote = 'milan', endpoint: object = {}): GatewayServer {
  return api.seed(
    resources.gatewayServers,
    buildGatewayServer(sideOf(api, remote), {
      template,
      mtu: 1340,
      serviceType: 'LoadBalancer',
      port: 51_840,
      ...endpoint,
    }),
  );
}

export function addClient(api: FakeKubeApi, address = '172.30.2.9', remote = 'milan'): GatewayClient {
  return api.seed(
    resources.gatewayClients,
    buildGatewayClient(sideOf(api, remote), { template, mtu: 1340, address, port: 51_840 }),
  );
}

export function addPublicKey(api: FakeKubeApi, gateway: GatewayServer | GatewayClient, publicKey = peerKey): void {
  api.seed(resources.publicKeys, buildPublicKey(sideOf(api, 'milan'), { publicKey, gateway }));
}

export const connectionOf = ({ api }: Agent) =>
  api.object<Connection>(resources.connections, { ...atMilan, name: 'gw-milan' });
export const configurationOf = ({ api }: Agent, remote = 'milan') =>
  api.object<Configuration>(resources.configurations, { namespace: `liqo-tenant-${remote}`, name: remote });
export const serverOf = ({ api }: Agent, remote = 'milan') =>
  api.object<GatewayServer>(resources.gatewayServers, { namespace: `liqo-tenant-${remote}`, name: remote });
