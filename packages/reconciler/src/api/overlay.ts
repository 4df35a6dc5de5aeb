import type { KubeApi } from './kube-api.ts';

/** The same API with some of its methods replaced. All else of the object stays as it is. */
export function overlay<T extends KubeApi>(api: T, methods: Partial<KubeApi>): T {
  return new Proxy(api, {
    get: (target, name) => {
      if (Object.hasOwn(methods, name)) return methods[name as keyof KubeApi];
      const value: unknown = Reflect.get(target, name, target);
      // Private fields exist on the object itself only.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
