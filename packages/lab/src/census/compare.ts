/** Every object of some clusters at one moment: by cluster, kind, namespace and name, a text that changes with it. */
export type Census = ReadonlyMap<string, string>;

/** Of an object what a census looks at. */
export interface CensusObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & Readonly<Record<string, unknown>>;
}

/**
 * Kinds that change by themselves, and Leafway's own: whoever asks whether others were touched does not mean these.
 */
export function isCounted({ apiVersion, kind }: CensusObject): boolean {
  return kind !== 'Event' && kind !== 'Lease' && !apiVersion.startsWith('leafway.dev/');
}

/** The name of an object in a census: `rome networking.liqo.io/v1beta1 Configuration liqo-tenant-milan/milan`. */
export function censusKey(cluster: string, { apiVersion, kind, metadata }: CensusObject): string {
  const { namespace, name } = metadata;
  return `${cluster} ${apiVersion} ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** What of an object counts as touched: everything but its status and the stamps that the server itself moves. */
export function fingerprint(object: CensusObject): string {
  const { status: _status, metadata, ...rest } = object as CensusObject & { status?: unknown };
  const { resourceVersion: _version, generation: _generation, managedFields: _fields, ...meta } = metadata;
  return canonical({ ...rest, metadata: meta });
}

/** JSON with sorted keys: the order in which a server writes them means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** What is otherwise in the later of two censuses, by keys: `CLUSTER APIVERSION KIND [NAMESPACE/]NAME`. */
export interface CensusDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** The keys of what came, went and changed from one census to a later one, sorted. */
export function compareCensuses(before: Census, later: Census): CensusDifference {
  const added = [...later.keys()].filter((key) => !before.has(key));
  const removed = [...before.keys()].filter((key) => !later.has(key));
  const changed = [...later].filter(([key, text]) => before.has(key) && before.get(key) !== text).map(([key]) => key);
  return { added: added.sort(), removed: removed.sort(), changed: changed.sort() };
}
