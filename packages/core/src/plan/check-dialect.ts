import type { CompleteShortcutSpec } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import type { Ends } from './check-templates.ts';

/**
 * What a Liqo before 1.2 cannot do: name more than one pod range of another cluster,
 * and put annotations on the Service of a gateway. Where Liqo's version is not known nothing is said.
 */
export function checkDialect(spec: CompleteShortcutSpec, ends: Ends): Problem[] {
  const { server, client } = ends;
  return [
    ...checkPodRanges(spec, server, client),
    ...checkPodRanges(spec, client, server),
    ...checkAnnotations(spec, server),
  ];
}

const isOld = ({ liqo }: LeafFacts): boolean => liqo?.dialect === '1.0';

function checkPodRanges({ clusters }: CompleteShortcutSpec, self: LeafFacts, peer: LeafFacts): Problem[] {
  if (!isOld(self) || peer.pod.length === 1) return [];
  const ranges = peer.pod.map(({ text }) => text).join(', ');
  const message =
    `${self.id} runs a Liqo before 1.2, which reaches only one pod range of another cluster, and ${peer.id} has ` +
    `${peer.pod.length} (${ranges}): upgrade Liqo on ${self.id}`;
  const index = clusters.findIndex(({ id }) => id === self.id);
  return [problem(`spec.clusters[${index}].id`, 'CORE_POD_RANGES_LIQO', message)];
}

function checkAnnotations({ gateway }: CompleteShortcutSpec, server: LeafFacts): Problem[] {
  if (!isOld(server) || Object.keys(gateway.service.annotations ?? {}).length === 0) return [];
  const message =
    `${server.id} runs a Liqo before 1.2, which puts no annotations on the Services of gateways: write them into a ` +
    `WgGatewayServerTemplate on ${server.id} and name it in spec.gateway.serverTemplateRef, or upgrade Liqo there`;
  return [problem('spec.gateway.service.annotations', 'CORE_ANNOTATIONS_LIQO', message)];
}
