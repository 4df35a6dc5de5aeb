import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';

/** What a container sees at a path beside its image. */
export interface Mount {
  readonly from: string;
  readonly to: string;
  readonly readOnly: boolean;
}

/**
 * The steps that lay an image and mounts out in an empty root, one a line for the shell that does them:
 * `dir PATH`, `link PATH TARGET`, `file PATH`, `bind|bind-ro SOURCE PATH`. A directory of the image that has to hold a
 * mount point it does not have is made anew, with all that is in it bound one by one: the image itself is never
 * written to.
 */
export function layOut(imageRoot: string, mounts: readonly Mount[]): string[][] {
  const points = mounts.map(({ to }) => posix.normalize(to));
  const steps: string[][] = [];
  const visit = (path: string): void => {
    const inImage = join(imageRoot, path);
    for (const name of new Set([...entriesOf(inImage), ...childrenOnTheWay(path, points)])) {
      const child = posix.join(path, name);
      const source = join(imageRoot, child);
      const kind = kindOf(source);
      const holdsPoints = points.some((point) => point.startsWith(`${child}/`));
      if (points.includes(child)) continue;
      if (kind === 'link' && !holdsPoints) steps.push(['link', child, readlinkSync(source)]);
      else if (kind === 'none' || (holdsPoints && kind === 'directory')) {
        steps.push(['dir', child]);
        visit(child);
      } else {
        steps.push([kind === 'directory' ? 'dir' : 'file', child], ['bind-ro', source, child]);
      }
    }
  };
  visit('/');
  for (const { from, to, readOnly } of mounts) {
    const point = posix.normalize(to);
    steps.push([kindOf(from) === 'directory' ? 'dir' : 'file', point], [readOnly ? 'bind-ro' : 'bind', from, point]);
  }
  return steps;
}

function childrenOnTheWay(path: string, points: readonly string[]): string[] {
  const prefix = path === '/' ? '/' : `${path}/`;
  return points
    .filter((point) => point.startsWith(prefix))
    .map((point) => point.slice(prefix.length))
    .filter((rest) => rest.includes('/'))
    .map((rest) => rest.slice(0, rest.indexOf('/')));
}

function entriesOf(directory: string): string[] {
  return kindOf(directory) === 'directory' ? readdirSync(directory) : [];
}

function kindOf(path: string): 'directory' | 'file' | 'link' | 'none' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'none';
  if (stat.isSymbolicLink()) return 'link';
  return stat.isDirectory() ? 'directory' : 'file';
}
