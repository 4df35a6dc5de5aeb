import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { versionOf } from '../charts/chart.ts';
import { type Images, ownImages } from '../kubelet/images.ts';

/** The release before this one. */
export interface PreviousRelease {
  readonly version: string;
  /** The folders of its charts. */
  readonly chart: string;
  readonly leafChart: string;
  /** Images of both releases: its own by its version as a tag, all others from this checkout. */
  readonly images: Images;
}

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Its sources: see docs/operations/releasing.md, "What the next release is upgraded from". */
const archive = join(repository, 'e2e/fixtures/previous-release.tar.gz');

const packages = {
  core: 'packages/core',
  reconciler: 'packages/reconciler',
  liqo: 'packages/liqo',
  webhook: 'webhook',
  controller: 'controller',
} as const;

/**
 * Unpacks the release before this one below `directory`. Its images are assembled from its own sources and Dockerfiles,
 * with the packages of others that this checkout has installed.
 */
export async function unpackPreviousRelease(directory: string): Promise<PreviousRelease> {
  const checkout = join(directory, 'leafway');
  const own = join(checkout, 'node_modules/@leafway');
  await mkdir(directory, { recursive: true });
  await promisify(execFile)('tar', ['-xzf', archive, '-C', directory]);
  // Node looks beside the sources first, then one folder further up.
  await mkdir(own, { recursive: true });
  for (const [name, folder] of Object.entries(packages)) await symlink(join(checkout, folder), join(own, name));
  await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));

  const chart = join(checkout, 'charts/leafway');
  const version = versionOf(chart);
  const [previous, present] = [ownImages(join(directory, 'images'), checkout), ownImages(join(directory, 'present'))];
  const images: Images = (reference) => (reference.endsWith(`:${version}`) ? previous : present)(reference);
  return { version, chart, leafChart: join(checkout, 'charts/leafway-leaf'), images };
}
