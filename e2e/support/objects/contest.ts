import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { labelKeys, resources } from '@leafway/liqo';
import {
  type Cache,
  createCache,
  isApiError,
  type KubeApi,
  type KubeObject,
  type ResourceType,
  systemClock,
  systemRandom,
} from '@leafway/reconciler';
import { silentLogger } from '@leafway/reconciler/testing';
import { conditionOf } from './wait.ts';

/** One who wants what others want too. */
export interface Contender {
  readonly name: string;
  readonly spec: VirtualNodeShortcut['spec'];
}

/** What became of one create. */
export type Outcome =
  | { readonly name: string; readonly stored: true; readonly uid: string; readonly answeredMs: number }
  | { readonly name: string; readonly stored: false; readonly message: string };

/** Follows everything that a contest is decided by: the shortcuts at the centre, and what is made for them on leaves. */
export interface Contest {
  /** All at once, in turn on each API server. */
  create(apis: readonly KubeApi[], contenders: readonly Contender[]): Promise<Outcome[]>;
  /** Those shortcuts that exist now. */
  shortcuts(): readonly VirtualNodeShortcut[];
  /** When a shortcut was first told that it has to yield to this other one, on the clock of `performance.now()`. */
  toldMs(name: string, winner: string): number | undefined;
  /** UIDs of the shortcuts for which anything exists on a leaf now. */
  programmed(): ReadonlySet<string>;
  /** UIDs of all for which anything was ever made since `forget`. */
  everProgrammed(): ReadonlySet<string>;
  forget(): void;
  close(): Promise<void>;
}

/** What a shortcut makes on a leaf. */
const made: readonly ResourceType[] = [
  resources.namespaces,
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
];

/** Follows the lab's clusters by watches, from now on. */
export async function followContest(lab: RunningLab): Promise<Contest> {
  const stop = new AbortController();
  const apis: (KubeApi & { close(): Promise<void> })[] = [];
  const running: Promise<void>[] = [];
  const follow = async <T extends KubeObject>(cluster: string, types: readonly ResourceType[]): Promise<Cache<T>[]> => {
    const api = await connectAsAdmin(lab, cluster);
    apis.push(api);
    const ports = { clock: systemClock, random: systemRandom, log: silentLogger };
    const caches = types.map((type) => createCache<T>({ api, type, ...ports }));
    running.push(...caches.map((cache) => cache.run(stop.signal)));
    await Promise.all(caches.map((cache) => cache.whenSynced(AbortSignal.timeout(60_000))));
    return caches;
  };
  const [shortcuts] = (await follow<VirtualNodeShortcut>(lab.centre, [kinds.shortcuts])) as [
    Cache<VirtualNodeShortcut>,
  ];
  const onLeaves = (await Promise.all(lab.leaves.map((leaf) => follow(leaf, made)))).flat();
  const ever = new Set<string>();
  const told = new Map<string, number>();
  for (const cache of onLeaves) {
    cache.onChange(({ after }) => {
      for (const uid of uidsOf(after)) ever.add(uid);
    });
  }
  shortcuts.onChange(({ after }) => {
    const accepted = after === undefined ? undefined : conditionOf(after, 'Accepted');
    if (accepted?.reason !== 'Conflicted') return;
    for (const winner of namesIn(accepted.message)) {
      const key = `${after?.metadata.name} ${winner}`;
      if (!told.has(key)) told.set(key, performance.now());
    }
  });
  return {
    create: (centres, contenders) =>
      Promise.all(contenders.map((contender, index) => create(centres[index % centres.length] as KubeApi, contender))),
    shortcuts: () => shortcuts.list(),
    toldMs: (name, winner) => told.get(`${name} ${winner}`),
    programmed: () => new Set(onLeaves.flatMap((cache) => cache.list()).flatMap(uidsOf)),
    everProgrammed: () => ever,
    forget: () => {
      ever.clear();
      told.clear();
    },
    close: async () => {
      stop.abort();
      await Promise.all(running);
      await Promise.all(apis.map((api) => api.close()));
    },
  };
}

async function create(api: KubeApi, { name, spec }: Contender): Promise<Outcome> {
  const object: VirtualNodeShortcut = {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name },
    spec,
  };
  try {
    const { metadata } = await api.create<VirtualNodeShortcut>(kinds.shortcuts, object);
    return { name, stored: true, uid: metadata.uid ?? '', answeredMs: performance.now() };
  } catch (error) {
    if (!isApiError(error)) throw error;
    return { name, stored: false, message: error.message };
  }
}

function uidsOf(object: KubeObject | undefined): string[] {
  const uid = object?.metadata.labels?.[labelKeys.shortcutUID];
  return uid === undefined ? [] : [uid];
}

/** Every contender is called like this, and nothing else is. */
export const contenderName = (round: string, index: number): string => `race-${round}-${index}`;

/** The contenders that a sentence speaks of. */
export const namesIn = (sentence: string): string[] => sentence.match(/race-[a-z0-9]+-\d+/g) ?? [];
