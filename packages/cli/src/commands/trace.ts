import {
  type Address,
  addressesFor,
  type Cidr,
  cidrOf,
  safeParseAddress,
  type VirtualNodeShortcut,
} from '@leafway/core';
import type { Command } from 'commander';
import { type Fleet, readFleet, shortcutsOfPair } from '../central/fleet.ts';
import { type FleetTrace, traceFleet } from '../central/trace-fleet.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { usageError } from '../errors.ts';
import { type Format, formatValue, outputOption } from '../output/format.ts';
import { traceLines, traceReport } from '../output/trace-report.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

interface TraceOptions extends CentralOptions {
  readonly from: string;
  readonly source?: string;
  readonly output: Format;
}

const examples = `
Examples:
  leafway trace 10.69.0.11 --from rome                         what a pod of rome reaches under that address
  leafway trace 10.69.0.11 --from rome --source 10.244.0.10    and which address the server sees of this one

Each line is the packet as it leaves a place; REWRITTEN HERE is what that place changed. Rests on the Configurations,
gateways and IP objects of the clusters on the path; a leaf that cannot be asked is taken as its LeafCluster says.
Nothing is sent. Exit code 1 when the packet does not get to a pod.

With -o json or yaml: { from, dialled, path, tunnels, arrives, stuck, receiver: { cluster, address, sees },
shortcuts: [{ name, ready }], hops: [{ cluster, place: Sender|Node|Gateway|Receiver, remote, gateway, source,
destination, rewrites: [{ field, from, to }] }], otherAddresses: [{ address, path }] }.`;

/** Adds `trace`: which way a packet takes, and what its addresses become. */
export function addTraceCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('trace')
    .description('show every hop and every rewriting of a packet, direct or through the centre')
    .argument('<address>', 'what a pod would dial')
    .requiredOption('--from <leaf>', 'the cluster of that pod')
    .option('--source <address>', "the pod's own address (default: any of its cluster)")
    .addOption(outputOption())
    .addHelpText('after', examples);
  addCentralOptions(command).action((address: string) =>
    showTrace(address, command.optsWithGlobals<TraceOptions>(), terminal),
  );
}

async function showTrace(address: string, options: TraceOptions, terminal: Terminal): Promise<void> {
  const { from, output } = options;
  const destination = parse(address, 'ADDRESS');
  const source = options.source === undefined ? undefined : asRange(parse(options.source, '--source'));
  const report = await withCentral(terminal, options, async (api) => {
    const fleet = await readFleet(api, terminal.signal);
    const traced = await traceFleet(terminal, api, fleet, { from, source, destination });
    return traceReport(traced, shortcutsOnPath(traced, fleet), waysTo(traced));
  });
  if (output === 'table') for (const line of traceLines(report)) terminal.print(line);
  else terminal.print(formatValue(report, output));
  if (!report.arrives) terminal.exitWith(1);
}

function parse(text: string, what: string): Address {
  const parsed = safeParseAddress(text);
  if (!parsed.ok) throw usageError(`${what}: ${parsed.message}`);
  return parsed.value;
}

const asRange = ({ family, value }: Address): Cidr => cidrOf(family, value, family === 4 ? 32 : 128);

function shortcutsOnPath({ trace }: FleetTrace, { shortcuts }: Fleet): VirtualNodeShortcut[] {
  const tunnels = trace.hops.flatMap(({ cluster, remote }) =>
    remote === undefined ? [] : [[cluster, remote] as const],
  );
  return [...new Set(tunnels.flatMap((pair) => shortcutsOfPair(shortcuts, pair).slice(0, 1)))];
}

/** Every address of the pod at the end of the path. */
function waysTo({ clusters, source, trace: { hops, stuck } }: FleetTrace): ReturnType<typeof addressesFor> {
  const [sender] = hops;
  const end = hops.at(-1);
  if (stuck !== undefined || sender === undefined || end === undefined) return [];
  return addressesFor({ clusters, from: sender.cluster, source }, { cluster: end.cluster, address: end.destination });
}
