import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabLayout } from '../plan/layout.ts';

/**
 * The parts that shall not run. Each is a file, so that whoever holds a part needs no connection to the supervisor,
 * and the supervisor needs no memory: it looks again whenever the directory changes.
 */
export function heldParts({ held }: LabLayout): ReadonlySet<string> {
  return new Set(readdirSync(held).map(decodeURIComponent));
}

/** Adds a part to those that shall not run, or takes it out again; doing it twice is no error. */
export function setHeld(layout: LabLayout, part: string, isHeld: boolean): void {
  const file = join(layout.held, encodeURIComponent(part));
  if (isHeld) writeFileSync(file, '');
  else rmSync(file, { force: true });
}
