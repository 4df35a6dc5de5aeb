import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { PartReport } from './part.ts';

/** What the supervisor says about the lab as a whole. */
export interface LabState {
  /** `starting` until everything that was asked for runs. */
  readonly phase: 'starting' | 'ready';
  readonly parts: readonly PartReport[];
}

/** Replaces the state in one step: a reader sees the old or the new one. */
export function writeState(path: string, state: LabState): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
  renameSync(temporary, path);
}

/** `undefined` when nothing was written yet. */
export function readState(path: string): LabState | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LabState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
