import { type LiqoObject, labelKeys } from '@leafway/liqo';
import type { Made } from '../../leaf/made-by.ts';
import { managedByUs } from '../desired.ts';

/**
 * Who made an object: another shortcut, the tool that says that it manages it, or else the field manager that made it.
 * `undefined` where nothing tells.
 */
export function makerOf({ metadata, madeBy }: LiqoObject & Made): string | undefined {
  const { [labelKeys.shortcutUID]: shortcut, [labelKeys.managedBy]: tool } = metadata.labels ?? {};
  if (shortcut !== undefined) return `of the VirtualNodeShortcut with the UID ${shortcut}`;
  if (tool !== undefined && tool !== managedByUs) return `managed by ${tool}`;
  return madeBy === undefined ? undefined : `made by ${madeBy}`;
}
