import {
  defaultLeafClusterSpec,
  fitLine,
  type LeafCluster,
  leafClusterSchema,
  limitLines,
  type Problem,
  safeParseAddress,
} from '@leafway/core';
import { acceptedWith, type Decision, refused } from '../decision.ts';
import type { AdmissionRequest } from '../review.ts';
import { createSchemaCheck } from '../schema-check.ts';
import type { World } from '../world.ts';

/**
 * A validation that refuses a LeafCluster which cannot be a leaf. One that is being deleted is judged like any other:
 * while something is left to remove from the leaf, its kubeconfig reference may have to be corrected.
 */
export function createLeafClusterValidation(): (request: AdmissionRequest, world: World) => Decision {
  const checkSchema = createSchemaCheck(leafClusterSchema);
  return (request, world) => {
    const malformed = checkSchema(request.object);
    if (malformed.length > 0) return refused(malformed);
    const leaf = request.object as LeafCluster;
    const problems = [...checkCentre(leaf, world), ...checkAddress(leaf)];
    return problems.length > 0 ? refused(problems) : acceptedWith(sharedSecretWarnings(leaf, world));
  };
}

function checkCentre({ metadata: { name } }: LeafCluster, world: World): Problem[] {
  if (name !== world.centralClusterID) return [];
  const message = `"${name}" is the central cluster itself, which is not a leaf: name the cluster that the kubeconfig leads to`;
  return [{ path: 'metadata.name', code: 'WEBHOOK_CENTRE_AS_LEAF', message }];
}

function checkAddress({ spec }: LeafCluster): Problem[] {
  const address = spec.gateway?.address;
  if (address === undefined || isDnsName(address)) return [];
  const parsed = safeParseAddress(address);
  if (parsed.ok) return [];
  const message = `"${address}" is neither an IP address (${parsed.message}) nor a DNS name in lower case, like vpn.example.org`;
  return [{ path: 'spec.gateway.address', code: 'WEBHOOK_ADDRESS', message }];
}

/** A DNS name whose last label is not a number, so that a mistyped IPv4 address is none (RFC 1123, section 2.1). */
function isDnsName(text: string): boolean {
  const labels = text.split('.');
  const areLabels = labels.every((label) => label.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(label));
  return areLabels && !/^\d+$/.test(labels.at(-1) ?? '');
}

function sharedSecretWarnings({ metadata, spec }: LeafCluster, world: World): string[] {
  const others = world
    .leafClustersOfSecret(defaultLeafClusterSpec(spec).kubeconfigSecretRef)
    .filter((name) => name !== metadata.name);
  const line = (name: string): string =>
    fitLine(`LeafCluster ${name} has the same kubeconfig: these are one cluster under two names`, [name]);
  return limitLines(others.map(line));
}
