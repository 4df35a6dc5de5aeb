import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { leafway } from './leafway.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Below it each worker has a lab that its scenarios use one after the other; the first that needs it starts it. */
    sharedLabs: string;
  }
}

/**
 * Tells every scenario where the shared labs are, and ends them after the last. `LEAFWAY_E2E_LABS` names a directory whose
 * labs stay, for those who run one scenario again and again.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const kept = process.env.LEAFWAY_E2E_LABS;
  const directory = kept ?? (await mkdtemp(join(tmpdir(), 'leafway-e2e-')));
  project.provide('sharedLabs', directory);
  if (kept !== undefined) return undefined;
  return async () => {
    for (const lab of await readdir(directory)) await leafway(['lab', 'down', '--dir', join(directory, lab)]);
    await rm(directory, { recursive: true, force: true });
  };
}
