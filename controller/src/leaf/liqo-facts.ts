import { type LeafClusterStatus, leafClusterSchema } from '@leafway/core';
import {
  annotationKeys,
  type ConfigMap,
  type Configuration,
  type GatewayTemplateReading,
  type Network,
  readConfiguration,
  readLiqoVersion,
} from '@leafway/liqo';

type DataPlane = NonNullable<LeafClusterStatus['dataPlane']>;
type Templates = NonNullable<LeafClusterStatus['templates']>;

/** What of a leaf tells who runs its data plane, and how. */
export interface DataPlaneView {
  readonly configMaps: readonly ConfigMap[];
  readonly networks: readonly Network[];
  readonly configurations: readonly Configuration[];
  /** `undefined` where the leaf does not tell. */
  readonly templates: readonly GatewayTemplateReading[] | undefined;
}

/** Our agent says of itself on the ConfigMap with the cluster's ID that it runs the data plane; else Liqo does. */
export function dataPlaneFacts(
  view: DataPlaneView,
  liqoNamespace: string,
): { dataPlane: DataPlane; templates?: Templates } {
  const isOurs = view.configMaps.some(({ metadata }) => metadata.annotations?.[annotationKeys.dataPlane] === 'Leafway');
  if (isOurs) return { dataPlane: { kind: 'Leafway' } };
  const networks = view.networks.filter(({ metadata }) => metadata.namespace === liqoNamespace);
  const version = readLiqoVersion({ networks, configurations: view.configurations });
  const dataPlane = { kind: 'Liqo', ...version, namespace: liqoNamespace } as const;
  const templates = view.templates === undefined ? undefined : templateFacts(view.templates);
  return templates === undefined ? { dataPlane } : { dataPlane, templates };
}

const templatesSchema = leafClusterSchema.properties.status.properties.templates;
const { kind: kindSchema, namespace: namespaceSchema, name: nameSchema } = templatesSchema.items.properties;

/** All templates or none: with a part of them, one that exists would be refused as unknown. */
function templateFacts(templates: readonly GatewayTemplateReading[]): Templates | undefined {
  const facts = templates.flatMap(({ kind: found, namespace, name, forwards }) => {
    const kind = kindSchema.enum.find((known) => known === found);
    if (kind === undefined || !fits(namespace, namespaceSchema) || !fits(name, nameSchema)) return [];
    return [{ kind, namespace, name, forwards: [...forwards] }];
  });
  if (facts.length > templatesSchema.maxItems) return undefined;
  return facts.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** A name that our own API server would refuse would keep the whole status from being written. */
function fits(text: unknown, { maxLength, pattern }: { maxLength: number; pattern: string }): boolean {
  return typeof text === 'string' && text.length <= maxLength && new RegExp(pattern).test(text);
}

const placeOf = ({ kind, namespace, name }: Templates[number]): string => `${kind} ${namespace}/${name}`;

/**
 * What the centre calls the leaf's pod ranges, by its Configurations for that leaf, in the order of the ranges;
 * `undefined` unless exactly one names each of them.
 */
export function podNamesAtCentre(pod: readonly string[], atCentre: readonly Configuration[]): string[] | undefined {
  const [configuration, ...others] = atCentre;
  if (configuration === undefined || others.length > 0) return undefined;
  const reading = readConfiguration(configuration);
  if (!reading.ready) return undefined;
  const names = pod.flatMap((range) => reading.pod.find(({ real }) => real.text === range)?.name.text ?? []);
  return names.length === pod.length ? names : undefined;
}
