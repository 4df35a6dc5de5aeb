import { type Hop, pathOf, printSource, type VirtualNodeShortcut, type Way } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import type { FleetTrace } from '../central/trace-fleet.ts';
import { formatTable } from './table.ts';

/** A trace as `trace -o json` prints it; this shape is stable. */
export interface TraceReport {
  readonly from: string;
  readonly dialled: string;
  /** The clusters that the packet passes. */
  readonly path: readonly string[];
  readonly tunnels: number;
  /** Whether it gets to a pod; otherwise `stuck` says why not. */
  readonly arrives: boolean;
  readonly stuck?: string;
  /** The receiver: its cluster, its own address, and the sender's address as it sees it. */
  readonly receiver?: { readonly cluster: string; readonly address: string; readonly sees: string };
  /** The shortcuts whose tunnels are used. */
  readonly shortcuts: readonly { readonly name: string; readonly ready: boolean }[];
  readonly hops: readonly ReportedHop[];
  /** Other addresses of the same pod, and the paths that they take. */
  readonly otherAddresses: readonly { readonly address: string; readonly path: readonly string[] }[];
}

interface ReportedHop {
  readonly cluster: string;
  readonly place: Hop['place'];
  readonly remote?: string;
  /** `namespace/name` of the gateway. */
  readonly gateway?: string;
  /** The packet as it leaves this place. */
  readonly source: string;
  readonly destination: string;
  readonly rewrites: Hop['rewrites'];
}

/** Puts a trace into the shape for programs, from which the lines for people are made too. */
export function traceReport(
  { trace, gateway }: FleetTrace,
  shortcuts: readonly VirtualNodeShortcut[],
  ways: readonly Way[],
): TraceReport {
  const { hops, stuck } = trace;
  const [sender] = hops;
  const end = hops.at(-1);
  const path = pathOf(hops);
  const dialled = sender?.destination.text ?? '';
  return {
    from: sender?.cluster ?? '',
    dialled,
    path,
    tunnels: path.length - 1,
    arrives: stuck === undefined,
    ...(stuck === undefined ? {} : { stuck }),
    ...(stuck !== undefined || end === undefined
      ? {}
      : { receiver: { cluster: end.cluster, address: end.destination.text, sees: printSource(end.source) } }),
    shortcuts: shortcuts.map(({ metadata: { name }, status }) => ({
      name,
      ready: findCondition(status?.conditions, 'Ready')?.status === 'True',
    })),
    hops: hops.map((hop) => reportedHop(hop, gateway)),
    otherAddresses: ways
      .filter(({ address }) => address.text !== dialled)
      .map((way) => ({ address: way.address.text, path: way.path })),
  };
}

function reportedHop({ cluster, place, remote, source, destination, rewrites }: Hop, gateway: FleetTrace['gateway']) {
  const name = remote === undefined ? undefined : gateway(cluster, remote);
  return {
    cluster,
    place,
    ...(remote === undefined ? {} : { remote }),
    ...(name === undefined ? {} : { gateway: name }),
    source: printSource(source),
    destination: destination.text,
    rewrites,
  };
}

/** The trace for people: what it comes to, every place on the way, and what the server sees. */
export function traceLines(report: TraceReport): string[] {
  const { receiver, stuck, otherAddresses, hops } = report;
  const rows = hops.map((hop, index) => [
    String(index + 1),
    hop.cluster,
    placeOf(hop),
    hop.source,
    hop.destination,
    hop.rewrites.map(({ field, from, to }) => `${field}: ${from} → ${to}`).join(', '),
  ]);
  return [
    headline(report),
    '',
    ...formatTable(['', 'CLUSTER', 'PLACE', 'SOURCE', 'DESTINATION', 'REWRITTEN HERE'], rows),
    '',
    ...(receiver === undefined ? [] : [`The server sees ${receiver.sees}.`]),
    ...(stuck === undefined ? [] : [`It gets no further: ${stuck}.`]),
    ...otherAddresses.map(({ address, path }) => `The same pod is also ${address}: ${path.join(' → ')}.`),
  ];
}

function headline({ from, dialled, path, tunnels, receiver, shortcuts }: TraceReport): string {
  const target =
    receiver === undefined
      ? `${dialled}, dialled in ${from}`
      : `${dialled}, dialled in ${from}, is ${receiver.address} in ${receiver.cluster}`;
  if (tunnels === 0) return `${target}: no tunnel`;
  const by = shortcuts.map(({ name, ready }) => `, by the shortcut ${name}${ready ? '' : ', which is not Ready'}`);
  const kind = tunnels === 1 ? '1 tunnel' : `${tunnels} tunnels`;
  return `${target}: ${kind}, ${path.join(' → ')}${by.join('')}`;
}

function placeOf({ place, remote, gateway }: ReportedHop): string {
  if (place === 'Gateway') return `gateway to ${remote}${gateway === undefined ? '' : ` (${gateway})`}`;
  return { Sender: 'pod that dials', Node: 'node', Receiver: 'pod that answers' }[place];
}
