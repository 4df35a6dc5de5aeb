import {
  annotationKeys,
  buildClusterIDConfigMap,
  buildConfiguration,
  buildGatewayTemplate,
  buildNetwork,
  type Configuration,
  type GatewayTemplateReading,
  readGatewayTemplate,
} from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { type DataPlaneView, dataPlaneFacts, podNamesAtCentre } from './liqo-facts.ts';

const agentsConfigMap = buildClusterIDConfigMap({ clusterID: 'rome', liqoNamespace: 'liqo' });
const { [annotationKeys.dataPlane]: _, ...annotations } = agentsConfigMap.metadata.annotations ?? {};
const liqosConfigMap = { ...agentsConfigMap, metadata: { ...agentsConfigMap.metadata, annotations } };
const server = readGatewayTemplate(buildGatewayTemplate({ role: 'Server', liqoNamespace: 'liqo' }));
const client = readGatewayTemplate(buildGatewayTemplate({ role: 'Client', liqoNamespace: 'liqo' }));

const named = (name: string, namespace = 'liqo'): GatewayTemplateReading => ({ ...server, name, namespace });

function factsOf(over: Partial<DataPlaneView>): ReturnType<typeof dataPlaneFacts> {
  const view = { configMaps: [liqosConfigMap], networks: [], configurations: [], templates: undefined, ...over };
  return dataPlaneFacts(view, 'liqo');
}

describe('the facts of a data plane', () => {
  it('are nothing but its kind where our agent runs it', () => {
    expect(factsOf({ configMaps: [agentsConfigMap], templates: [server, client] })).toEqual({
      dataPlane: { kind: 'Leafway' },
    });
  });

  it('are the version and the templates of Liqo, the same in whatever order they come', () => {
    const labels = { 'app.kubernetes.io/part-of': 'liqo', 'app.kubernetes.io/version': 'v1.2.0' };
    const own = buildNetwork({ name: 'pod-cidr', type: 'pod', cidr: '10.1.0.0/16', liqoNamespace: 'liqo' });
    const network = { ...own, metadata: { ...own.metadata, labels } };
    const facts = factsOf({ networks: [network], templates: [server, client] });
    expect(facts).toEqual({
      dataPlane: { kind: 'Liqo', version: 'v1.2.0', dialect: '1.2', namespace: 'liqo' },
      templates: [
        { kind: 'WgGatewayClientTemplate', namespace: 'liqo', name: 'wireguard-client', forwards: [] },
        {
          kind: 'WgGatewayServerTemplate',
          namespace: 'liqo',
          name: 'wireguard-server',
          forwards: ['loadBalancerIP', 'nodePort', 'port'],
        },
      ],
    });
    expect(factsOf({ networks: [network], templates: [client, server] })).toEqual(facts);
    const elsewhere = { ...network, metadata: { ...network.metadata, namespace: 'fleet' } };
    expect(factsOf({ networks: [elsewhere] }).dataPlane).toEqual({ kind: 'Liqo', namespace: 'liqo' });
  });

  it('tell no templates from templates that are not known', () => {
    expect(factsOf({ templates: [] }).templates).toEqual([]);
    expect(factsOf({ templates: undefined })).not.toHaveProperty('templates');
  });

  it('leave out what no API server of ours would store', () => {
    const hostile = [
      named('Upper'),
      named('a'.repeat(254)),
      named('fine', 'not.a.label'),
      { ...named('fine'), kind: 'Secret' },
      named(7 as never),
      named('fine', null as never),
    ];
    expect(factsOf({ templates: [...hostile, named('mine')] }).templates?.map(({ name }) => name)).toEqual(['mine']);
  });

  it('hold all templates or none', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => named(`t${index}`));
    expect(factsOf({ templates: many(64) }).templates).toHaveLength(64);
    expect(factsOf({ templates: many(65) })).not.toHaveProperty('templates');
  });
});

describe('what the centre calls the pods of a leaf', () => {
  function atCentre(real: string[], names: string[]): Configuration {
    const side = { remoteClusterID: 'rome', namespace: 'liqo-tenant-rome' };
    const external = ['10.70.0.0/16'];
    const built = buildConfiguration(side, { remotePod: real, remoteExternal: external });
    return { ...built, status: { remote: { cidr: { pod: names, external } } } };
  }
  const both = ['10.1.0.0/16', '10.2.0.0/16'];

  it('is in the order of its ranges', () => {
    const configuration = atCentre(both.toReversed(), ['10.72.0.0/16', '10.71.0.0/16']);
    expect(podNamesAtCentre(both, [configuration])).toEqual(['10.71.0.0/16', '10.72.0.0/16']);
  });

  it.each<[string, Configuration[]]>([
    ['there is no Configuration', []],
    ['there are two', [atCentre(both, both), atCentre(both, both)]],
    ['a range has no name', [atCentre(both, ['10.71.0.0/16', ''])]],
    ['a range is missing', [atCentre(['10.1.0.0/16'], ['10.71.0.0/16'])]],
    ['a name is malformed', [atCentre(both, ['10.71.0.0/16', '10.72.0.1/16'])]],
  ])('is not known when %s', (_, configurations) => {
    expect(podNamesAtCentre(both, configurations)).toBeUndefined();
  });
});
