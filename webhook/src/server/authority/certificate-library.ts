type X509 = typeof import('@peculiar/x509');

type MetadataStore = WeakMap<object, Map<unknown, unknown>>;

interface ReflectWithMetadata {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  hasOwnMetadata?: (key: unknown, target: object) => boolean;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
}

/**
 * Loads the certificate library. It registers its parts with a container that asks for the metadata extension of
 * `Reflect` at import; the few lines that it needs of that are put in place first, unless there is one already.
 */
export async function loadX509(): Promise<X509> {
  installReflectMetadata(Reflect as ReflectWithMetadata);
  return import('@peculiar/x509');
}

function installReflectMetadata(reflect: ReflectWithMetadata): void {
  if (reflect.getMetadata !== undefined) return;
  const store: MetadataStore = new WeakMap();
  const own = (key: unknown, target: object): unknown => store.get(target)?.get(key);
  reflect.getOwnMetadata = own;
  reflect.hasOwnMetadata = (key, target) => store.get(target)?.has(key) ?? false;
  reflect.getMetadata = (key, target) => {
    for (let current: object | null = target; current !== null; current = Object.getPrototypeOf(current)) {
      if (store.get(current)?.has(key)) return own(key, current);
    }
    return undefined;
  };
  reflect.defineMetadata = (key, value, target) => {
    const metadata = store.get(target) ?? new Map<unknown, unknown>();
    store.set(target, metadata.set(key, value));
  };
}
