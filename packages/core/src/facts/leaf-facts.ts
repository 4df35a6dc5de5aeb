import { type Cidr, safeParseCidr } from '../address/cidr.ts';
import { isSameCidr } from '../address/relations.ts';
import type { LeafCluster, LeafClusterStatus } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';

/** A range that has a meaning on a leaf already. */
export interface NetworkInUse {
  readonly cidr: Cidr;
  /** What it is used for, in words, like `service CIDR`. */
  readonly owner: string;
  /** For what the leaf calls a range of another cluster: that cluster. */
  readonly remoteClusterID?: string;
  /** And the range that it stands for. */
  readonly real?: Cidr;
}

/** A gateway template on a leaf. */
export type GatewayTemplateFact = NonNullable<LeafClusterStatus['templates']>[number];

/** What is known of the Liqo that runs a leaf. */
export interface LiqoFacts {
  /** Where its own objects are, the default templates among them. */
  readonly namespace: string;
  /** `undefined` while it cannot be told. */
  readonly dialect?: '1.0' | '1.2';
  /** `undefined` while they are not known. */
  readonly templates?: readonly GatewayTemplateFact[];
}

/** What a decision needs to know of a leaf, parsed. */
export interface LeafFacts {
  readonly id: string;
  readonly dataPlane: 'Liqo' | 'Leafway';
  readonly pod: readonly Cidr[];
  readonly external: readonly Cidr[];
  /** Everything that a new range must not overlap. */
  readonly inUse: readonly NetworkInUse[];
  readonly mayServe: boolean;
  /** The address that its gateway servers announce, where an administrator named one. */
  readonly address?: string;
  /** How many gateway servers run there. */
  readonly servers: number;
  /** How many of them have got no address. */
  readonly serversWithoutAddress: number;
  /** Only of a leaf that Liqo runs. */
  readonly liqo?: LiqoFacts;
  /** What the centre calls the pod ranges, in their order; `undefined` while that is not known. */
  readonly podAtCentre?: readonly Cidr[];
  /** False when its API server was last seen not to answer, or not as it should. */
  readonly isReachable: boolean;
  /** When what the centre logs in with there is of no use any more; `undefined` when that is not known, or never. */
  readonly credentialExpiresAt?: Date;
}

type Networks = NonNullable<LeafClusterStatus['networks']>;

/**
 * The facts in a LeafCluster's status. While they are not gathered there is one problem, `CORE_FACTS_UNKNOWN`;
 * each malformed range is a problem of its own, `CORE_FACTS_MALFORMED`. Paths are those of the LeafCluster.
 */
export function leafFacts(
  leaf: LeafCluster,
): { readonly ok: true; readonly value: LeafFacts } | { readonly ok: false; readonly problems: readonly Problem[] } {
  const { dataPlane, networks, gateways = [] } = leaf.status ?? {};
  if (
    dataPlane === undefined ||
    networks === undefined ||
    networks.pod.length === 0 ||
    networks.external.length === 0
  ) {
    const message = `the pod and external ranges of ${leaf.metadata.name} are not known yet`;
    return { ok: false, problems: [problem('status.networks', 'CORE_FACTS_UNKNOWN', message)] };
  }
  const problems: Problem[] = [];
  const pod = parseList(networks, 'pod', problems);
  const external = parseList(networks, 'external', problems);
  const podAtCentre = parseList(networks, 'podAtCentre', problems);
  const inUse = parseInUse(networks, problems);
  if (problems.length > 0) return { ok: false, problems };
  const { mayServe = true, address } = leaf.spec.gateway ?? {};
  const servers = gateways.filter(({ role }) => role === 'Server');
  return {
    ok: true,
    value: {
      id: leaf.metadata.name,
      dataPlane: dataPlane.kind,
      pod,
      external,
      inUse,
      mayServe,
      ...(address === undefined ? {} : { address }),
      servers: servers.length,
      serversWithoutAddress: servers.filter(({ port }) => port === undefined).length,
      ...(podAtCentre.length === pod.length ? { podAtCentre } : {}),
      ...liqoFacts(leaf.status),
      ...stateNow(leaf),
    },
  };
}

function liqoFacts({ dataPlane, templates }: LeafClusterStatus = {}): Pick<LeafFacts, 'liqo'> {
  if (dataPlane?.kind !== 'Liqo') return {};
  const { namespace = 'liqo', dialect } = dataPlane;
  return {
    liqo: {
      namespace,
      ...(dialect === undefined ? {} : { dialect }),
      ...(templates === undefined ? {} : { templates }),
    },
  };
}

function stateNow(leaf: LeafCluster): Pick<LeafFacts, 'isReachable' | 'credentialExpiresAt'> {
  const expiry = new Date(leaf.status?.credential?.expiresAt ?? Number.NaN);
  return { isReachable: isReachable(leaf), ...(Number.isNaN(expiry.getTime()) ? {} : { credentialExpiresAt: expiry }) };
}

/** False when the API server of a leaf was last seen not to answer, or not as it should. */
export function isReachable({ status }: LeafCluster): boolean {
  return !status?.conditions?.some(({ type, status: is }) => type === 'Reachable' && is === 'False');
}

type RangeList = 'pod' | 'external' | 'service' | 'internal' | 'podAtCentre';

function parseList(networks: Networks, name: RangeList, problems: Problem[]): Cidr[] {
  return (networks[name] ?? []).flatMap((text, index) =>
    parseRange(text, `status.networks.${name}[${index}]`, problems),
  );
}

function parseRange(text: string, path: string, problems: Problem[]): Cidr[] {
  const parsed = safeParseCidr(text);
  if (parsed.ok) return [parsed.value];
  problems.push(problem(path, 'CORE_FACTS_MALFORMED', parsed.message));
  return [];
}

/** What is listed as in use, and those ranges of the leaf itself that the list lacks. */
function parseInUse(networks: Networks, problems: Problem[]): NetworkInUse[] {
  const listed = (networks.inUse ?? []).flatMap(({ cidr, owner, remoteClusterID, real }, index) => {
    const path = `status.networks.inUse[${index}]`;
    const [parsedReal] = real === undefined ? [] : parseRange(real, `${path}.real`, problems);
    return parseRange(cidr, `${path}.cidr`, problems).map((parsed) => ({
      cidr: parsed,
      owner,
      ...(remoteClusterID === undefined ? {} : { remoteClusterID }),
      ...(parsedReal === undefined ? {} : { real: parsedReal }),
    }));
  });
  const own = (['service', 'internal'] as const).flatMap((name) =>
    parseList(networks, name, problems).map((cidr) => ({ cidr, owner: `${name} CIDR` })),
  );
  return [...listed, ...own.filter(({ cidr }) => !listed.some((range) => isSameCidr(range.cidr, cidr)))];
}
