import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd } from '../run-to-end.ts';

/** The root of the clone. */
export const repository = join(import.meta.dirname, '../../..');

/** What a test looks at in a manifest. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** A package that a release publishes. */
export interface PublishedPackage {
  /** From the root. */
  readonly folder: string;
  readonly manifest: Manifest;
}

const folders = [
  ...['core', 'reconciler', 'liqo', 'gateway', 'lab', 'cli'].map((name) => `packages/${name}`),
  'webhook',
  'controller',
];

/** Every package that a release publishes. */
export const publishedPackages: readonly PublishedPackage[] = folders.map((folder) => ({
  folder,
  manifest: JSON.parse(readFileSync(join(repository, folder, 'package.json'), 'utf8')) as Manifest,
}));

/** A packed package. */
export interface Tarball {
  readonly name: string;
  readonly path: string;
  /** The hash of its bytes, as a registry states it. */
  readonly integrity: string;
  /** What is in it, from the package's root. */
  readonly files: readonly string[];
}

/** Packs every package into `directory`, as `npm publish` would; what was built is packed as it is. */
export async function packAll(directory: string): Promise<Tarball[]> {
  await mkdir(directory, { recursive: true });
  const workspaces = folders.flatMap((folder) => ['--workspace', folder]);
  const { stdout } = await runToEnd('npm', ['pack', '--json', '--pack-destination', directory, ...workspaces], {
    cwd: repository,
  });
  // Scripts that run before packing print to the same place.
  const answer = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as {
    name: string;
    filename: string;
    integrity: string;
    files: { path: string }[];
  }[];
  return answer.map(({ name, filename, integrity, files }) => ({
    name,
    path: join(directory, filename),
    integrity,
    files: files.map(({ path }) => path),
  }));
}
