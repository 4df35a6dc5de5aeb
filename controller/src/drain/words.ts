import type { DrainReport } from './drain.ts';

/** How many obstacles a message names: what Kubernetes keeps of a container's last words is short. */
const mostNamed = 20;

/** What a drain that succeeded has done, a line each. */
export function successLines({ deleted, orphaned, recreated }: DrainReport): string[] {
  const removed = deleted.length === 0 ? 'there were no shortcuts' : `${count(deleted)} removed: ${deleted.join(', ')}`;
  return [
    `drained: ${removed}`,
    ...(orphaned.length === 0
      ? []
      : [
          `${orphaned.join(', ')}: the links stay on their leaves, as deletionPolicy Orphan says; nobody looks after them`,
        ]),
    ...recreatedLines(recreated),
  ];
}

/** Why a drain failed and what a person can do, a line each; the first says it all in short. */
export function failureLines({ obstacles, recreated }: DrainReport): string[] {
  const hidden = obstacles.length - mostNamed;
  return [
    `not drained: ${obstacles.length === 1 ? 'one object' : `${obstacles.length} objects`} would be left stuck`,
    ...obstacles.slice(0, mostNamed).map(({ object, why, wayOut }) => `  ${object}: ${why}; ${wayOut}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
    ...recreatedLines(recreated),
  ];
}

function recreatedLines(recreated: readonly string[]): string[] {
  if (recreated.length === 0) return [];
  return [`${recreated.join(', ')}: created anew meanwhile; stop what creates it, such as a GitOps controller, first`];
}

const count = ({ length }: readonly string[]): string => (length === 1 ? '1 shortcut' : `${length} shortcuts`);
