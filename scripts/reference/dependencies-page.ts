import { table } from './table.ts';

/** What npm's lock file says of one package. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package that a release publishes, with what it needs at run time. */
export interface DependentPackage {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What the page is made of. */
export interface DependencyFacts {
  readonly packages: readonly DependentPackage[];
  /** By place: `node_modules/yaml`. */
  readonly locked: Readonly<Record<string, LockedPackage>>;
  readonly reasons: Readonly<Record<string, string>>;
}

/**
 * The page of runtime dependencies: each with its version, licence, how many packages it brings along, who uses it and
 * why. Throws when a dependency has no reason, when a reason has no dependency, and when two packages of ours want
 * different versions of one.
 */
export function renderDependenciesPage({ packages, locked, reasons }: DependencyFacts): string {
  const ours = new Set(packages.map(({ name }) => name));
  const users = new Map<string, string[]>();
  const wanted = new Map<string, string>();
  for (const { name, dependencies } of packages) {
    for (const [dependency, version] of Object.entries(dependencies)) {
      if (ours.has(dependency)) continue;
      const other = wanted.get(dependency);
      if (other !== undefined && other !== version)
        throw new Error(`${dependency} is wanted as ${other} and ${version}`);
      wanted.set(dependency, version);
      users.set(dependency, [...(users.get(dependency) ?? []), name]);
    }
  }
  for (const reason of Object.keys(reasons)) {
    if (!wanted.has(reason)) throw new Error(`a reason is given for ${reason}, which nothing depends on`);
  }
  const rows = [...wanted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, version]) => {
      const reason = reasons[name];
      if (reason === undefined) throw new Error(`${name} is a runtime dependency without a reason: give one`);
      const license = locked[`node_modules/${name}`]?.license ?? 'not stated';
      const brings = closure(name, locked).size - 1;
      const usedBy = (users.get(name) ?? []).map((user) => `\`${user}\``).join(', ');
      return [`\`${name}\` ${version}`, license, String(brings), usedBy, reason];
    });
  const withNone = packages.filter(({ dependencies }) => Object.keys(dependencies).length === 0);
  return [
    '# Runtime dependencies',
    `What our packages need of others when they run. ${withNone.map(({ name }) => `\`${name}\``).join(', ')} needs nothing.`,
    table(['Package', 'Licence', 'Brings along', 'Used by', 'Why'], rows),
    'Versions are exact, and `package-lock.json` has the hash of each. The images hold only what is imported of them, in one file, with the licences beside it.',
  ].join('\n\n');
}

/** A package and everything that it needs. A copy in a folder of the one that needs it counts as the shared one. */
function closure(name: string, locked: DependencyFacts['locked'], seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const next of Object.keys(locked[`node_modules/${name}`]?.dependencies ?? {})) closure(next, locked, seen);
  return seen;
}
