import type { VirtualNodeShortcut } from '@leafway/core';

/** The finalizer that holds a shortcut until nothing of it is left on any leaf that can be reached. */
export const shortcutFinalizer = 'leafway.dev/shortcut';

/** From then on something may have been made for it. */
export const isHeld = (shortcut: VirtualNodeShortcut | undefined): boolean =>
  shortcut?.metadata.finalizers?.includes(shortcutFinalizer) === true;
