import type { RunningLab } from '@leafway/lab';
import { kubectl, mustKubectl } from 'leafway/demo';
import { vi } from 'vitest';
import { waitForLeaf } from '../objects/wait.ts';

/** From now on a leaf of the lab looks as Liqo's clusters do: nothing says that our agent runs it. */
export async function looksLikeLiqo(lab: RunningLab, leaf: string): Promise<void> {
  const unmark = ['annotate', 'configmap', 'liqo-clusterid-configmap', '--namespace=liqo', 'leafway.dev/data-plane-'];
  await mustKubectl(lab, leaf, unmark);
}

/** The same, for a leaf that the centre knows. */
export async function becomesLiqo(lab: RunningLab, leaf: string): Promise<void> {
  await looksLikeLiqo(lab, leaf);
  await waitForLeaf(lab, leaf, 'being run by Liqo', ({ status }) => status?.dataPlane?.kind === 'Liqo');
}

const name = 'keys-in-secrets';
const annotation = 'leafway.dev/public-key';

const policy = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingAdmissionPolicy',
  metadata: { name },
  spec: {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: {
      resourceRules: [
        {
          apiGroups: ['networking.liqo.io'],
          apiVersions: ['v1beta1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['gatewayservers', 'gatewayclients'],
        },
      ],
    },
    matchConditions: [
      {
        name: 'says-its-key',
        expression: `has(object.metadata.annotations) && '${annotation}' in object.metadata.annotations`,
      },
    ],
    mutations: [
      {
        patchType: 'JSONPatch',
        jsonPatch: {
          expression: `[JSONPatch{op: 'remove', path: '/metadata/annotations/${annotation.replace('/', '~1')}'}]`,
        },
      },
    ],
  },
};

const policyBinding = { ...policy, kind: 'MutatingAdmissionPolicyBinding', spec: { policyName: name } };

const probe = {
  apiVersion: 'networking.liqo.io/v1beta1',
  kind: 'GatewayServer',
  metadata: { name: 'probe', namespace: 'default', annotations: { [annotation]: 'x' } },
  spec: {},
};

/** From now on the gateways of a leaf do not say their keys, which are in their Secrets alone, as with Liqo. */
export async function hideGatewayKeys(lab: RunningLab, leaf: string): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [policy, policyBinding] });
  await mustKubectl(lab, leaf, ['create', '--filename=-'], list);
  const isHidden = async (): Promise<boolean> => {
    const args = ['create', '--dry-run=server', '--output=json', '--filename=-'];
    const { code, stdout } = await kubectl(lab, leaf, args, JSON.stringify(probe));
    return code === 0 && !stdout.includes(annotation);
  };
  await vi.waitUntil(isHidden, { timeout: 30_000, interval: 200 });
}
