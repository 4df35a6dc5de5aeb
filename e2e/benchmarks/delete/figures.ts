import type { WatchResult } from 'leafway/demo';
import { type Aim, judgeAim } from '../report/aims.ts';
import { type Summary, summarize } from '../statistics/summary.ts';

type Counted = Pick<WatchResult, 'sent' | 'answered'>;

/** Whether the shortcut made its tenant namespaces, or found them, as on leaves that are peered already. */
export type NamespaceOrigin = 'made' | 'found';

/** One deletion; all times from sending the request. */
export interface DeleteSample {
  readonly origin: NamespaceOrigin;
  readonly shortcutMs: number;
  /** Each object that was on one of the leaves. */
  readonly objects: readonly { readonly kind: string; readonly goneMs: number }[];
}

/** Datagrams that a shortcut beside the deleted one, and the path through the centre, carried meanwhile. */
export interface NeighbourLoss {
  readonly direct: Counted;
  readonly throughCentre: Counted;
}

export interface OriginFigures {
  readonly shortcutMs: Summary;
  /** Until the last object that is not a namespace was gone, on both leaves. */
  readonly networkMs: Summary;
  /** Until both tenant namespaces were gone; absent where they stay. */
  readonly namespacesMs?: Summary;
  /** Until the last object of a kind was gone. */
  readonly byKind: Readonly<Record<string, Summary>>;
}

export interface DeleteFigures {
  readonly origins: Readonly<Record<NamespaceOrigin, OriginFigures>>;
  readonly neighbours: NeighbourLoss;
  readonly lostPackets: number;
  readonly aims: readonly Aim[];
}

/** Liqo's own reset leaves no object of the link after this time; measured elsewhere, on comparable servers. */
const resetMs = 510;

/** Throws RangeError when one of the two has no sample. */
export function deleteFigures(samples: readonly DeleteSample[], neighbours: NeighbourLoss): DeleteFigures {
  const of = (origin: NamespaceOrigin): OriginFigures => originFigures(samples.filter((one) => one.origin === origin));
  const origins = { made: of('made'), found: of('found') };
  const lostPackets = Object.values(neighbours).reduce((sum, { sent, answered }) => sum + sent - answered, 0);
  return {
    origins,
    neighbours,
    lostPackets,
    aims: [
      judgeAim('shortcut gone, namespaces there before, ms', origins.found.shortcutMs.median, resetMs),
      judgeAim('network objects gone, namespaces made, ms', origins.made.networkMs.median, resetMs),
      judgeAim("neighbours' lost packets", lostPackets, 0),
    ],
  };
}

/** The numbers at the top of the document. */
export function deleteHeadline({ origins, lostPackets }: DeleteFigures): Record<string, number> {
  return {
    goneMs: origins.found.shortcutMs.median,
    goneWithNamespacesMs: origins.made.shortcutMs.median,
    lostPackets,
  };
}

function originFigures(samples: readonly DeleteSample[]): OriginFigures {
  const last = (sample: DeleteSample, isMeant: (kind: string) => boolean): number =>
    Math.max(...sample.objects.filter(({ kind }) => isMeant(kind)).map(({ goneMs }) => goneMs));
  const summary = (isMeant: (kind: string) => boolean): Summary =>
    summarize(samples.map((sample) => last(sample, isMeant)));
  const kinds = [...new Set(samples.flatMap(({ objects }) => objects.map(({ kind }) => kind)))].sort();
  return {
    shortcutMs: summarize(samples.map(({ shortcutMs }) => shortcutMs)),
    networkMs: summary((kind) => kind !== 'Namespace'),
    ...(kinds.includes('Namespace') ? { namespacesMs: summary((kind) => kind === 'Namespace') } : {}),
    byKind: Object.fromEntries(kinds.map((kind) => [kind, summary((other) => other === kind)])),
  };
}
