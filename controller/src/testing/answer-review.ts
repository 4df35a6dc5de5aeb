import type { KubeObject } from '@leafway/reconciler';
import { neededRights } from '../leaf/rights.ts';

interface Review extends KubeObject {
  readonly spec: {
    readonly namespace?: string;
    readonly resourceAttributes?: { readonly verb: string; readonly resource: string };
  };
}

/**
 * As an API server with RBAC tells the centre what it may do, when that is all that it needs except what is denied
 * (`create configurations`); `undefined` for what is no review.
 */
export function answerReview(body: unknown, denied: ReadonlySet<string>): KubeObject | undefined {
  const review = body as Review;
  const isAllowed = ({ verb, resource }: { readonly verb: string; readonly resource: string }): boolean =>
    !denied.has(`${verb} ${resource}`);
  if (review.kind === 'SelfSubjectAccessReview') {
    const { resourceAttributes: asked } = review.spec;
    return { ...review, ...{ status: { allowed: asked !== undefined && isAllowed(asked) } } };
  }
  if (review.kind !== 'SelfSubjectRulesReview') return undefined;
  const { vital, useful } = neededRights('liqo');
  const resourceRules = [...vital, ...useful]
    .filter((right) => isAllowed(right) && (right.namespace === undefined || right.namespace === review.spec.namespace))
    .map(({ verb, group, resource }) => ({ verbs: [verb], apiGroups: [group], resources: [resource] }));
  return { ...review, ...{ status: { resourceRules, incomplete: true } } };
}
