import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { leafway } from './leafway.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the lab is that several scenarios use one after the other; the first that needs it starts it. */
    sharedLabDirectory: string;
  }
}

/**
 * Tells every scenario where the shared lab is, and ends it after the last. `LEAFWAY_E2E_LAB` names a directory whose lab
 * stays, for those who run one scenario again and again.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const kept = process.env.LEAFWAY_E2E_LAB;
  const parent = kept === undefined ? await mkdtemp(join(tmpdir(), 'leafway-e2e-')) : undefined;
  const directory = kept ?? join(parent ?? '', 'lab');
  project.provide('sharedLabDirectory', directory);
  if (parent === undefined) return undefined;
  return async () => {
    await leafway(['lab', 'down', '--dir', directory]);
    await rm(parent, { recursive: true, force: true });
  };
}
