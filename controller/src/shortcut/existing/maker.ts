import { type LiqoObject, labelKeys } from '@leafway/liqo';
import { managedByUs } from '../desired.ts';

/**
 * Who made an object, as far as its labels say: another shortcut, or the tool that manages it. `liqoctl` leaves no mark;
 * what has none is `undefined`.
 */
export function makerOf({ metadata }: LiqoObject): string | undefined {
  const { [labelKeys.shortcutUID]: shortcut, [labelKeys.managedBy]: tool } = metadata.labels ?? {};
  if (shortcut !== undefined) return `of the VirtualNodeShortcut with the UID ${shortcut}`;
  return tool === undefined || tool === managedByUs ? undefined : `managed by ${tool}`;
}
