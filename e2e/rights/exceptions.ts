import type { Exceptions } from './compare.ts';

/** Where granted and used rights differ for a reason. An entry that applies to nothing fails the comparison, too. */
export const exceptions: Exceptions = {
  unused: [
    {
      of: 'leafway-check',
      verb: 'connect',
      group: 'leafway.dev',
      resource: 'leafclusters',
      reason: 'a policy asks the authorizer for it, which is no request',
    },
    {
      of: 'leafway-check',
      verb: 'delete',
      group: 'leafway.dev',
      resource: 'virtualnodeshortcuts',
      reason: 'only when what has to be refused was let in',
    },
    {
      of: 'leafway-centre-key-bindings',
      verb: 'bind',
      group: 'rbac.authorization.k8s.io',
      resource: 'clusterroles',
      reason: 'the API server asks for it within the create of a RoleBinding, and logs that alone',
    },
    {
      of: 'leafway-controller-compatibility',
      verb: 'connect',
      group: 'leafway.dev',
      resource: 'leafclusters',
      reason: 'a policy asks the authorizer for it, which is no request',
    },
    {
      of: 'leafway-drain-compatibility',
      verb: 'delete',
      group: 'networking.liqo.io',
      resource: 'virtualnodeconnections',
      reason: 'as the delete of the other kind, which is drained in a test',
    },
  ],
  forbidden: [
    {
      of: 'leafway-centre',
      verb: 'list',
      group: '',
      resource: 'secrets',
      namespace: 'milan-at-rome',
      reason: 'leaf-chart.test.ts lets it try',
    },
  ],
};
