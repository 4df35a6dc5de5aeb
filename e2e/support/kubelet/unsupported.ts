import type { Container, Pod, Probe, Volume } from './pod.ts';

/**
 * What of a Pod is honoured. The second list is what the API server fills in or what is about sharing one machine
 * among many: it changes nothing that a process could see here (limits, seccomp, where a Pod had better run).
 */
const podFields = new Set([
  ...['nodeName', 'nodeSelector', 'hostNetwork', 'serviceAccountName', 'restartPolicy', 'securityContext'],
  ...[
    'terminationGracePeriodSeconds',
    'containers',
    'volumes',
    'automountServiceAccountToken',
    'activeDeadlineSeconds',
  ],
  ...['serviceAccount', 'dnsPolicy', 'schedulerName', 'tolerations', 'priority', 'priorityClassName', 'affinity'],
  ...['preemptionPolicy', 'enableServiceLinks', 'topologySpreadConstraints', 'imagePullSecrets'],
]);

const containerFields = new Set([
  ...['name', 'image', 'command', 'args', 'workingDir', 'env', 'ports', 'volumeMounts', 'securityContext'],
  ...['startupProbe', 'livenessProbe', 'readinessProbe'],
  ...['imagePullPolicy', 'resources', 'terminationMessagePath', 'terminationMessagePolicy'],
]);

const probeFields = new Set([
  ...['httpGet', 'initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'],
]);

const securityFields = new Set([
  ...['runAsUser', 'runAsGroup', 'runAsNonRoot', 'fsGroup', 'readOnlyRootFilesystem', 'allowPrivilegeEscalation'],
  ...['capabilities', 'seccompProfile'],
]);

const volumeFields = new Set(['name', 'emptyDir', 'secret', 'configMap', 'downwardAPI', 'projected']);
const mountFields = new Set(['name', 'mountPath', 'readOnly']);

/**
 * Every field of a Pod that would not be honoured, by its path. A process that is started all the same would run
 * otherwise than on a real node, and a test would prove nothing.
 */
export function unsupportedFields({ spec }: Pod): string[] {
  return [
    ...others(spec, podFields, 'spec'),
    ...others(spec.securityContext, securityFields, 'spec.securityContext'),
    ...(spec.volumes ?? []).flatMap((volume: Volume, i) => others(volume, volumeFields, `spec.volumes[${i}]`)),
    ...spec.containers.flatMap((container, i) => unsupportedOf(container, `spec.containers[${i}]`)),
  ];
}

function unsupportedOf(container: Container, path: string): string[] {
  const { securityContext, volumeMounts = [], startupProbe, livenessProbe, readinessProbe } = container;
  const probe = (name: string, value: Probe | undefined): string[] => others(value, probeFields, `${path}.${name}`);
  return [
    ...others(container, containerFields, path),
    ...others(securityContext, securityFields, `${path}.securityContext`),
    // There is no layer to write to over an image.
    ...(securityContext?.readOnlyRootFilesystem === true ? [] : [`${path}.securityContext.readOnlyRootFilesystem`]),
    ...volumeMounts.flatMap((mount, i) => others(mount, mountFields, `${path}.volumeMounts[${i}]`)),
    ...probe('startupProbe', startupProbe),
    ...probe('livenessProbe', livenessProbe),
    ...probe('readinessProbe', readinessProbe),
  ];
}

function others(object: object | undefined, known: ReadonlySet<string>, path: string): string[] {
  return Object.keys(object ?? {})
    .filter((field) => !known.has(field))
    .map((field) => `${path}.${field}`);
}
