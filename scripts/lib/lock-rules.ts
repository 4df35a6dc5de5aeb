import type { Violation } from './source-files.ts';

/** The parts of npm's lock file that the rule reads. */
export interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/**
 * Finds optional packages that an entry of the lock file names and that have no entry themselves. npm leaves out other
 * platforms' binaries when it writes the file beside an existing node_modules, and then refuses `npm ci` elsewhere.
 */
export function lockViolations({ packages }: LockFile): Violation[] {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => packages[`node_modules/${name}`] === undefined)
      .filter((name) => packages[`${path}/node_modules/${name}`] === undefined)
      .map((name) => ({
        path: 'package-lock.json',
        line: 0,
        message: `${path || 'the workspace'} names ${name}, which has no entry: \`npm ci\` fails without it`,
      })),
  );
}
