import type { Condition } from '@leafway/core';

/** The conditions of a LeafCluster and every reason that they can have, with what it stands for. All are positive. */
export const leafReasons = {
  Reachable: {
    Reachable: 'The API server of the leaf answers, and the controller may use it.',
    Unusable:
      'The leaf does not answer, refuses the credentials, is not the cluster that it was, or its kubeconfig is refused; the message says which.',
  },
  CredentialsCurrent: {
    NotRead: 'The Secret cannot be read, or holds no kubeconfig that can be used; Reachable says why.',
    Current: 'The controller logs in with what the Secret of the leaf holds.',
    NotTakenOver:
      'The Secret holds something new, or another Secret is named, and it is not as good as what was used before; that stays in use, and the message says why.',
  },
  Permitted: {
    Permitted: 'The controller may do on the leaf what it needs to.',
    NotPermitted: 'It may not; the message names each verb that is missing, as status.missingPermissions does.',
  },
  FactsGathered: {
    Gathered: 'The networks of the leaf are known.',
    Missing: 'No pod range, or not exactly one external range, is found on the leaf.',
    Malformed: 'The leaf reports ranges that are not valid, or more than a LeafCluster holds.',
  },
  CleanedUp: {
    CleanedUp: 'Nothing of deleted shortcuts is left on the leaf. Only on leaves that were away while one was deleted.',
    GivenUp: 'A human said that what is left is not to be removed. It is there still.',
    LeafUnusable: 'Something is left, and the leaf cannot be used; it is removed when it can.',
    Removing: 'It is being removed; the message names what others keep from going.',
    Failing: 'Something cannot be removed, and is tried again; the message says why.',
  },
  Ready: {
    Ready: 'The leaf can be linked.',
    Unusable: 'As of Reachable.',
    Missing: 'As of FactsGathered.',
    Malformed: 'As of FactsGathered.',
    NotPermitted: 'As of Permitted, and without what is missing no link can be made, repaired or removed.',
    Deleting:
      'The LeafCluster is being deleted; it is held as long as a shortcut uses it or a remainder is to be removed.',
  },
} as const;

type LeafConditionType = keyof typeof leafReasons;

/** One verdict on a leaf, before it has a time. */
export type LeafVerdict = {
  [T in LeafConditionType]: Omit<Condition, 'lastTransitionTime' | 'type' | 'reason'> & {
    readonly type: T;
    readonly reason: keyof (typeof leafReasons)[T];
  };
}[LeafConditionType];
