import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type {
  ConfigMap,
  Configuration,
  Connection,
  GatewayServer,
  GatewayTemplate,
  LiqoObject,
  Network,
  Secret,
} from '../api/types.ts';
import { clusterIDOf } from './cluster-id.ts';
import { readConfiguration } from './configuration.ts';
import { readServerEndpoint } from './endpoint.ts';
import { ownKeySource, publicKeyFromSecret, readConnection } from './gateway.ts';
import { readGatewayTemplate } from './gateway-template.ts';
import { readLiqoVersion } from './liqo-version.ts';
import { readOwnNetworks, readUsedRanges } from './networks.ts';

const directory = process.env.LEAFWAY_LIQO_DATA;
if (directory === undefined) console.log('skipped: reading a real Liqo connection, LEAFWAY_LIQO_DATA is not set');

/** All objects of one side of a connection that a real Liqo 1.2.0 made. */
function objectsOf(cluster: string): LiqoObject[] {
  const text = readFileSync(join(directory ?? '', 'liqo-1.2.0', 'connection', `${cluster}.yaml`), 'utf8');
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as { kind?: string; items?: LiqoObject[] } & LiqoObject;
    return value?.kind === 'List' ? (value.items ?? []) : value === null ? [] : [value];
  });
}

describe.runIf(directory !== undefined)('a connection that Liqo 1.2.0 made', () => {
  const rome = directory === undefined ? [] : objectsOf('rome');
  const milan = directory === undefined ? [] : objectsOf('milan');
  const ofKind = <T extends LiqoObject>(objects: LiqoObject[], kind: string): T[] =>
    objects.filter((object) => object.kind === kind) as T[];

  it('is read with its ranges and their names', () => {
    const [configuration] = ofKind<Configuration>(rome, 'Configuration');
    const reading = readConfiguration(configuration as Configuration);
    expect(reading.ready && [reading.pod[0]?.name.text, reading.external[0]?.name.text]).toEqual([
      '10.71.0.0/16',
      '10.68.0.0/16',
    ]);
  });

  it('has the endpoint of its server and the keys of both sides', () => {
    const [server] = ofKind<GatewayServer>(milan, 'GatewayServer');
    expect(readServerEndpoint(server as GatewayServer)).toMatchObject({ port: expect.any(Number) });
    const source = ownKeySource(server as GatewayServer);
    const secret = ofKind<Secret>(milan, 'Secret').find(
      ({ metadata }) => source.kind === 'secret' && metadata.name === source.name,
    );
    expect(publicKeyFromSecret(secret as Secret)).toMatch(/=$/);
  });

  it('says that it is connected', () => {
    const [connection] = ofKind<Connection>(rome, 'Connection');
    expect(readConnection(connection as Connection)).toMatchObject({ connected: true, latency: '2ms' });
  });

  it('is on a cluster whose ID and networks are found', () => {
    expect(ofKind<ConfigMap>(rome, 'ConfigMap').map(clusterIDOf)).toContain('rome');
    const networks = ofKind<Network>(rome, 'Network');
    expect(readOwnNetworks(networks, 'liqo')).toMatchObject({ pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] });
    const used = readUsedRanges(networks, ofKind<Configuration>(rome, 'Configuration'));
    expect(used).toContainEqual(expect.objectContaining({ cidr: '10.71.0.0/16', remoteClusterID: 'milan' }));
  });

  it('is on a cluster whose version and dialect are found', () => {
    const networks = ofKind<Network>(rome, 'Network');
    expect(readLiqoVersion({ networks, configurations: [] })).toEqual({ version: 'v1.2.0', dialect: '1.2' });
  });

  it('is made from templates that pass on every wish', () => {
    const [server] = ofKind<GatewayTemplate>(milan, 'WgGatewayServerTemplate');
    const [client] = ofKind<GatewayTemplate>(milan, 'WgGatewayClientTemplate');
    expect(readGatewayTemplate(server as GatewayTemplate).forwards).toEqual([
      'loadBalancerIP',
      'mtu',
      'nodePort',
      'port',
    ]);
    expect(readGatewayTemplate(client as GatewayTemplate).forwards).toEqual(['address', 'mtu', 'port']);
  });
});
