import type { Grant } from './roles.ts';
import type { Use } from './use.ts';

/** A grant or a use that is as it should be although the other side of it is missing. */
export interface Exception {
  readonly group: string;
  /** `*` stands for all. */
  readonly resource: string;
  readonly verb: string;
  /** Only there. */
  readonly namespace?: string;
  /** The role of a grant, or the account of a use; `*` stands for all. */
  readonly of: string;
  readonly reason: string;
}

export interface Exceptions {
  /** Granted, and used only where no test gets. */
  readonly unused: readonly Exception[];
  /** Forbidden on purpose. */
  readonly forbidden: readonly Exception[];
}

/** What Kubernetes itself gives to every account. */
const everybodys: ReadonlySet<string> = new Set([
  'ClusterRole system:basic-user',
  'ClusterRole system:discovery',
  'ClusterRole system:public-info-viewer',
]);

/** Every difference between what the roles grant and what was used, a line for people each; none when both are the same. */
export function compareRights(grants: readonly Grant[], uses: readonly Use[], exceptions: Exceptions): string[] {
  const allowed = uses.filter(({ role }) => role !== '' && !everybodys.has(role));
  // Where an API server cannot begin a watch with all objects, they are listed before: whoever watches has to have both.
  const isUsed = (grant: Grant): boolean =>
    allowed.some((use) => gives(grant, use) || (grant.verb === 'list' && gives({ ...grant, verb: 'watch' }, use)));
  // What a role gives is forbidden for a moment while a server starts, or where a test takes the role away.
  const held = new Set(allowed.map(({ account, role }) => `${account} ${role}`));
  const isHeld = (grant: Grant, account: string): boolean => held.has(`${account} ${roleOf(grant)}`);
  const isGiven = (use: Use): boolean => grants.some((grant) => gives(grant, use));
  const unused = grants.filter((grant) => !isUsed(grant));
  const forbidden = uses.filter(
    (use) => use.role === '' && !grants.some((grant) => isHeld(grant, use.account) && covers(grant, use)),
  );
  const applies = (table: readonly Exception[], of: (one: Exception) => boolean): Exception[] =>
    table.filter((one) => !of(one));
  const stale = [
    ...applies(exceptions.unused, (one) => unused.some((grant) => excepts(one, grant.role, grant))),
    ...applies(exceptions.forbidden, (one) => forbidden.some((use) => excepts(one, use.account, use))),
  ];
  return [
    ...unused
      .filter((grant) => !exceptions.unused.some((one) => excepts(one, grant.role, grant)))
      .map((grant) => `never used: ${describeGrant(grant)}`),
    ...forbidden
      .filter((use) => !exceptions.forbidden.some((one) => excepts(one, use.account, use)))
      .map((use) => `forbidden: ${describeUse(use)}`),
    ...allowed
      .filter((use) => !isGiven(use))
      .map((use) => `by no role of a chart: ${describeUse(use)}, by ${use.role}`),
    ...stale.map(
      ({ of, verb, group, resource }) => `an exception for nothing: ${of}: ${verb} ${full(group, resource)}`,
    ),
  ];
}

const roleOf = ({ kind, role }: Grant): string => `${kind} ${role}`;

/** Whether that grant is one by which the use was allowed. */
const gives = (grant: Grant, use: Use): boolean => use.role === roleOf(grant) && covers(grant, use);

function covers(grant: Grant, use: Use): boolean {
  return (
    use.group === grant.group &&
    use.resource === grant.resource &&
    use.verb === grant.verb &&
    (grant.name === undefined || grant.name === use.name) &&
    isWithin(grant, use)
  );
}

/** Roles of one name in several namespaces are several roles. The chart puts its own namespace for this one. */
function isWithin({ namespace }: Grant, use: Use): boolean {
  const others = ['liqo', 'default'];
  if (namespace === undefined || use.namespace === namespace) return true;
  return namespace === 'leafway-system' && !others.includes(use.namespace);
}

function excepts(
  one: Exception,
  of: string,
  what: Pick<Use, 'group' | 'resource' | 'verb'> & { namespace?: string },
): boolean {
  const matches = (pattern: string, value: string): boolean => pattern === '*' || pattern === value;
  return (
    matches(one.of, of) &&
    (one.namespace === undefined || one.namespace === what.namespace) &&
    matches(one.group, what.group) &&
    matches(one.resource, what.resource) &&
    matches(one.verb, what.verb)
  );
}

const full = (group: string, resource: string): string => (group === '' ? resource : `${resource}.${group}`);

function describeGrant({ file, kind, role, namespace, group, resource, verb, name }: Grant): string {
  const where = namespace === undefined ? role : `${namespace}/${role}`;
  return `${verb} ${full(group, resource)}${name === undefined ? '' : ` "${name}"`}, granted by ${kind} ${where} (${file})`;
}

function describeUse({ account, verb, group, resource, namespace, name, count }: Use): string {
  const place = [namespace, name].filter((part) => part !== '').join('/');
  return `${account}: ${verb} ${full(group, resource)}${place === '' ? '' : ` ${place}`} (${count} times)`;
}
