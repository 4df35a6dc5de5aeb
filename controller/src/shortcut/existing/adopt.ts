import { annotationKeys, type LiqoObject, resources } from '@leafway/liqo';
import type { LeafAction } from '../actions.ts';
import { desiredConfiguration, marksOf, type SideInput } from '../desired.ts';
import { differenceOf } from '../difference.ts';
import type { LinkObject } from './link.ts';

/** Somebody else made it, and a shortcut took it over. */
export function isAdopted({ metadata }: LiqoObject): boolean {
  return metadata.annotations?.[annotationKeys.adopted] !== undefined;
}

/** Puts what we mark objects with on an object of somebody else, and changes nothing else of it. */
export function adoption({ resource, object }: LinkObject, input: SideInput): LeafAction {
  const marks: Partial<ReturnType<typeof marksOf>> =
    resource === resources.configurations ? desiredConfiguration(input).metadata : marksOf(input.shortcut);
  const { metadata } = object;
  const marked = {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...marks.labels },
      annotations: { ...metadata.annotations, ...marks.annotations, [annotationKeys.adopted]: 'true' },
    },
  };
  return { kind: 'patch', resource, object, operations: differenceOf(marked, object) };
}
