import { pairKey, type ShortcutSpec, type VirtualNodeShortcut } from '@leafway/core';

/** What the options of `connect` ask for; what is not given is left to the defaults. */
export interface ConnectWishes {
  readonly name?: string | undefined;
  readonly server?: string | undefined;
  readonly mtu?: number | undefined;
  readonly serviceType?: 'LoadBalancer' | 'NodePort' | 'ClusterIP' | undefined;
  readonly port?: number | undefined;
  readonly existing?: 'Refuse' | 'Observe' | 'Adopt' | undefined;
}

/** `milan-rome` for both orders of the two. */
export function defaultName(pair: readonly [string, string]): string {
  return pairKey(...pair).replace('/', '-');
}

/** The spec that follows from the wishes, without what nobody asked for. */
export function requestedSpec([a, b]: readonly [string, string], wishes: ConnectWishes): ShortcutSpec {
  const { server, mtu, serviceType, port, existing } = wishes;
  const service = {
    ...(serviceType === undefined ? {} : { type: serviceType }),
    ...(port === undefined ? {} : { port }),
  };
  const gateway = {
    ...(server === undefined ? {} : { server }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(Object.keys(service).length === 0 ? {} : { service }),
  };
  return {
    clusters: [{ id: a }, { id: b }],
    ...(Object.keys(gateway).length === 0 ? {} : { gateway }),
    ...(existing === undefined ? {} : { existing }),
  };
}

/** A wish that an existing shortcut does not fulfil. */
export interface Difference {
  readonly field: string;
  readonly is: string | number | undefined;
  readonly wanted: string | number;
}

/** Where an existing shortcut differs from what is asked for now; what is not asked for does not count. */
export function differences({ spec }: VirtualNodeShortcut, wishes: ConnectWishes): Difference[] {
  const compared: [field: string, is: string | number | undefined, wanted: string | number | undefined][] = [
    ['gateway.server', spec.gateway?.server, wishes.server],
    ['gateway.mtu', spec.gateway?.mtu, wishes.mtu],
    ['gateway.service.type', spec.gateway?.service?.type, wishes.serviceType],
    ['gateway.service.port', spec.gateway?.service?.port, wishes.port],
    ['existing', spec.existing, wishes.existing],
  ];
  return compared.flatMap(([field, is, wanted]) =>
    wanted === undefined || wanted === is ? [] : [{ field, is, wanted }],
  );
}

/** The command that changes an existing shortcut so that it is what was asked for. */
export function changeCommand(name: string, found: readonly Difference[]): string {
  const spec: Record<string, unknown> = {};
  for (const { field, wanted } of found) {
    const path = field.split('.');
    let at = spec;
    for (const part of path.slice(0, -1)) {
      at[part] ??= {};
      at = at[part] as Record<string, unknown>;
    }
    at[path.at(-1) ?? ''] = wanted;
  }
  return `kubectl patch vns ${name} --type=merge -p '${JSON.stringify({ spec })}'`;
}
