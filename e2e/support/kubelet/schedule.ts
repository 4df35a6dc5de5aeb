import type { Node, Pod } from './pod.ts';

/**
 * The node for a Pod: one that lets Pods come and has the labels that it asks for; of these the one with the fewest
 * Pods of the same controller, so that replicas are spread. Undefined when there is none.
 */
export function chooseNode(pod: Pod, nodes: readonly Node[], pods: readonly Pod[]): string | undefined {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  const owner = pod.metadata.ownerReferences?.[0]?.uid;
  const countOn = (node: string): number =>
    pods.filter(({ metadata, spec }) => spec.nodeName === node && metadata.ownerReferences?.[0]?.uid === owner).length;
  const [best] = nodes
    .filter(({ spec }) => spec?.unschedulable !== true)
    .filter(({ metadata }) => wanted.every(([label, value]) => metadata.labels?.[label] === value))
    .map(({ metadata: { name } }) => ({ name, count: countOn(name) }))
    .sort((a, b) => a.count - b.count || a.name.localeCompare(b.name));
  return best?.name;
}
