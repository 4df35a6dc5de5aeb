import { chmodSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { leafway, leafwayCommand } from '../lab/leafway.ts';
import { repository } from './repository.ts';
import { openShell, type PageShell } from './shell.ts';

/** Where the blocks of one page are run. */
export interface Workplace {
  /** What of the repository its readers have is there too. */
  readonly directory: string;
  readonly shell: PageShell;
  /** Removes the folder, and every lab that the page started in it and did not end. */
  close(): Promise<void>;
}

/** What of the repository a page may name by its path. */
const shared = ['charts', 'docs', 'examples', 'images', 'node_modules', 'packages', 'scripts', 'package.json'];

/**
 * Makes a folder for one page, and a shell in it that finds `leafway` as an installed program. With a lab it finds the
 * lab's kubectl and helm, its directory as LAB, and a kubeconfig with a context for each of its clusters, of which the centre's is the current.
 */
export async function openWorkplace(lab: RunningLab | undefined): Promise<Workplace> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-page-'));
  const bin = join(directory, '.bin');
  mkdirSync(bin);
  for (const name of shared) symlinkSync(join(repository, name), join(directory, name));
  for (const name of ['leafway', 'kubectl-leafway']) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${leafwayCommand.join(' ')} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const path = [bin, ...(lab === undefined ? [] : [join(lab.directory, 'bin')]), process.env.PATH].join(delimiter);
  const kubeconfig = join(directory, '.kubeconfig');
  const shell = openShell(directory, {
    ...{ PATH: path, HOME: directory, KUBECONFIG: kubeconfig, LAB: lab?.directory },
    // A lab that the page starts finds the tools that this machine has.
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  });
  if (lab !== undefined) {
    const all = lab.clusters.map((cluster) => lab.kubeconfig(cluster)).join(delimiter);
    const { code, output } = await shell.run(`KUBECONFIG=${all} kubectl config view --flatten > ${kubeconfig}`);
    if (code !== 0) throw new Error(`no kubeconfig for the page: ${output}`);
  }
  const close = async (): Promise<void> => {
    for (const started of globSync('*/lab.json', { cwd: directory })) {
      await leafway(['lab', 'down', '--dir', join(directory, dirname(started))]);
    }
    rmSync(directory, { recursive: true, force: true });
  };
  return { directory, shell, close };
}
