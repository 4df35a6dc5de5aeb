import { type Census, compareCensuses, type RunningLab } from '@leafway/lab';
import {
  buildConfiguration,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  buildTenantNamespace,
  type Connection,
  type GatewayServer,
  type LiqoObject,
  type LiqoResource,
  ownKeySource,
  readServerEndpoint,
  resources,
} from '@leafway/liqo';
import { kubectl, mustKubectl } from 'leafway/demo';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { takeSettledCensus, untouched } from '../support/objects/census.ts';
import { changeShortcut, deleteShortcut, shortcutManifest } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectNoLoss, watchBothWays } from '../support/traffic.ts';

const name = 'rome-milan';
const inRome = { remoteClusterID: 'milan', namespace: 'liqo-tenant-milan' };
const inMilan = { remoteClusterID: 'rome', namespace: 'liqo-tenant-rome' };
const sides = [
  ['rome', inRome],
  ['milan', inMilan],
] as const;

/** What `liqoctl network connect` does with rome as the local and milan as the remote cluster, step by step. */
class HandMadeLink {
  readonly #lab: RunningLab;

  constructor(lab: RunningLab) {
    this.#lab = lab;
  }

  /** Everything but the keys. */
  async begin(): Promise<readonly [server: LiqoObject, client: LiqoObject]> {
    const ranges = { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] };
    for (const [cluster, side] of sides) {
      await this.#create(cluster, buildTenantNamespace(side.remoteClusterID));
      await this.#create(cluster, buildConfiguration(side, ranges));
    }
    const template = { namespace: 'liqo' };
    const service = { serviceType: 'LoadBalancer', port: 51_840 } as const;
    await this.#create('milan', buildGatewayServer(inMilan, { template, mtu: 1340, ...service }));
    const server = await this.#await<GatewayServer>('milan', resources.gatewayServers, 'has an endpoint', (found) => {
      return readServerEndpoint(found) !== undefined;
    });
    const endpoint = readServerEndpoint(server);
    if (endpoint === undefined) throw new Error('no endpoint');
    const client = await this.#create('rome', buildGatewayClient(inRome, { template, mtu: 1340, ...endpoint }));
    return [server, client];
  }

  async exchangeKeys([server, client]: readonly [LiqoObject, LiqoObject]): Promise<void> {
    const [ofServer, ofClient] = [
      await this.#keyOf('milan', resources.gatewayServers),
      await this.#keyOf('rome', resources.gatewayClients),
    ];
    await this.#create('rome', buildPublicKey(inRome, { publicKey: ofServer, gateway: client }));
    await this.#create('milan', buildPublicKey(inMilan, { publicKey: ofClient, gateway: server }));
    for (const [cluster] of sides)
      await this.#await<Connection>(cluster, resources.connections, 'is connected', ({ status }) => {
        return status?.value === 'Connected';
      });
  }

  async #keyOf(cluster: string, resource: LiqoResource): Promise<string> {
    const gateway = await this.#await(cluster, resource, 'has a key', (found) => ownKeySource(found).kind === 'known');
    const source = ownKeySource(gateway);
    return source.kind === 'known' ? source.publicKey : '';
  }

  async #create(cluster: string, object: LiqoObject): Promise<LiqoObject> {
    const args = ['create', '--filename=-', '--output=json', '--field-manager=liqoctl'];
    return JSON.parse((await mustKubectl(this.#lab, cluster, args, JSON.stringify(object))).stdout) as LiqoObject;
  }

  async #await<T extends LiqoObject>(
    cluster: string,
    type: LiqoResource,
    what: string,
    accept: (object: T) => boolean,
  ): Promise<T> {
    const side = cluster === 'rome' ? inRome : inMilan;
    const own = type === resources.connections ? `gw-${side.remoteClusterID}` : side.remoteClusterID;
    const wait = { type, namespace: side.namespace, name: own, what: `${type.kind} ${what}` };
    const found = await waitFor<T>(this.#lab, cluster, {
      ...wait,
      accept: (object) => object !== undefined && accept(object),
    });
    if (found === undefined) throw new Error(`no ${type.kind}`);
    return found;
  }
}

describe('a link that somebody made by hand', () => {
  let lab: RunningLab;
  let before: Census;
  beforeAll(async () => {
    lab = await sharedLab();
    before = await takeSettledCensus(lab);
  });

  it('is refused as long as nothing else is said, and named for what it is', async () => {
    const link = new HandMadeLink(lab);
    const gateways = await link.begin();
    const apply = ['apply', '--filename=-'];
    await mustKubectl(lab, lab.centre, apply, shortcutManifest(name, ['rome', 'milan']));
    const message = (words: string) =>
      waitForShortcut(lab, name, `saying "${words}"`, (found) => {
        const accepted = conditionOf(found, 'Accepted');
        return accepted?.reason === 'LinkExists' && accepted.message.includes(words);
      });
    await message('with milan as the server and rome as the client: their keys are not exchanged');
    await link.exchangeKeys(gateways);
    await message('with milan as the server and rome as the client, and that works');
    await message('GatewayServer liqo-tenant-rome/rome on milan (made by liqoctl)');
  });

  it('is shown when it is to be observed, and nothing of it is touched', async () => {
    const made = await takeSettledCensus(lab);
    await changeShortcut(lab, name, { existing: 'Observe' });
    const { metadata, status } = await waitForShortcut(lab, name, 'being Ready', isReady);
    expect(metadata.finalizers).toBeUndefined();
    expect(conditionOf({ status: status ?? {} }, 'Accepted')?.reason).toBe('Observing');
    expect(new Set(status?.objects?.map(({ origin }) => origin))).toEqual(new Set(['Observed']));
    expect(compareCensuses(made, await takeSettledCensus(lab))).toEqual(untouched);
  });

  it('is taken over without the loss of a packet', async () => {
    const watch = await watchBothWays(lab, 'rome', 'milan');
    await changeShortcut(lab, name, { existing: 'Adopt' });
    const adopted = await waitForShortcut(lab, name, 'being Ready and its own', (found) => {
      const origins = found.status?.objects?.filter(({ origin }) => origin === 'Adopted') ?? [];
      return isReady(found) && origins.length === 6;
    });
    expectNoLoss(await watch.finish());
    expect(adopted.status?.clusters?.map(({ role }) => role)).toEqual(['Client', 'Server']);
    await expectDirect(lab, 'rome', 'milan');
  });

  it('goes with the shortcut, but for the namespaces that it did not make', async () => {
    await deleteShortcut(lab, name);
    for (const [cluster, { namespace }] of sides) {
      const left = 'configurations,gatewayservers,gatewayclients,publickeies,connections';
      expect((await kubectl(lab, cluster, ['get', left, `--namespace=${namespace}`])).stdout).toBe('');
      await mustKubectl(lab, cluster, ['delete', 'namespace', namespace]);
    }
    expect(compareCensuses(before, await takeSettledCensus(lab))).toEqual(untouched);
  });
});
