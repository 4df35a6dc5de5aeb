import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { isApiError, type KubeApi } from '@leafway/reconciler';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Fleet, readFleet, shortcutsOfPair } from '../central/fleet.ts';
import { createReviewer, shortcutManifest } from '../central/review.ts';
import { untilReady } from '../central/until-ready.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { failed } from '../errors.ts';
import { formatSeconds, parseDuration } from '../output/duration.ts';
import { asPrinted, type Format, formatValue, outputOption } from '../output/format.ts';
import { suggestion } from '../output/nearest.ts';
import { problemLines } from '../output/problems.ts';
import { isReady, missing } from '../output/readiness.ts';
import { nameLines } from '../output/shortcut-names.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';
import { type ConnectWishes, changeCommand, defaultName, differences, requestedSpec } from './connect-request.ts';

interface ConnectOptions extends CentralOptions, ConnectWishes {
  readonly wait?: boolean;
  readonly timeout: string;
  readonly dryRun?: boolean;
  readonly output: Format;
}

const examples = `
Examples:
  leafway connect rome milan                    ask for the link, print the plan, return at once
  leafway connect rome milan --wait             the same, and stay until packets pass
  leafway connect rome milan --server rome --mtu 1400 --wait --timeout 2m
  leafway connect rome milan --existing Adopt   take over the link that liqoctl made
  leafway connect rome milan --dry-run          the plan, and nothing else

The plan and the progress go to standard error, the result to standard output; with -o json or yaml the result is the
VirtualNodeShortcut. Connecting what is connected already is no error, as long as it is as the options say.`;

/** Adds `connect`: makes the shortcut of two leaves. */
export function addConnectCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('connect')
    .description('link two leaves directly')
    .argument('<leaf>', 'one of the two')
    .argument('<other>', 'the other one; the order has no meaning')
    .option('--wait', 'stay until the link is Ready')
    .option('--timeout <time>', 'how long to wait', '60s')
    .option('--name <name>', 'name of the shortcut (default: the two leaves in order, like milan-rome)')
    .option('--server <leaf>', 'which of the two runs the gateway server (default: Leafway chooses)')
    .option('--mtu <bytes>', 'MTU of the tunnel, 1280 to 8920 (default: 1340)', wholeNumber)
    .addOption(
      new Option('--service-type <type>', 'Service in front of the gateway server (default: LoadBalancer)').choices([
        'LoadBalancer',
        'NodePort',
        'ClusterIP',
      ]),
    )
    .option('--port <port>', 'UDP port of that Service (default: 51840)', wholeNumber)
    .addOption(
      new Option('--existing <what>', 'what to do with a link that somebody else made (default: Refuse)').choices([
        'Refuse',
        'Observe',
        'Adopt',
      ]),
    )
    .option('--dry-run', 'judge and print the plan, write nothing')
    .addOption(outputOption())
    .addHelpText('after', examples);
  addCentralOptions(command).action((leaf: string, other: string) =>
    connect([leaf, other], command.optsWithGlobals<ConnectOptions>(), terminal),
  );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

async function connect(pair: readonly [string, string], options: ConnectOptions, terminal: Terminal): Promise<void> {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  await withCentral(terminal, options, async (api) => {
    const fleet = await readFleet(api, terminal.signal);
    const startMs = terminal.clock.monotonicMs();
    const [existing] = shortcutsOfPair(fleet.shortcuts, pair);
    const shortcut =
      existing === undefined ? await create(api, pair, fleet, options, terminal) : reuse(existing, options, terminal);
    if (shortcut === undefined) return;
    if (options.wait !== true || isReady(shortcut)) {
      print(shortcut, options, terminal);
      return;
    }
    const { clock, random, signal, progress } = terminal;
    const ready = await untilReady({ api, clock, random, signal, progress }, shortcut, { timeoutMs, startMs });
    print(ready, options, terminal, existing === undefined ? clock.monotonicMs() - startMs : undefined);
  });
}

/** The shortcut that was made; `undefined` when it was only a trial. */
async function create(
  api: KubeApi,
  pair: readonly [string, string],
  fleet: Fleet,
  options: ConnectOptions,
  terminal: Terminal,
): Promise<VirtualNodeShortcut | undefined> {
  checkLeaves(pair, fleet);
  const name = options.name ?? defaultName(pair);
  const taken = fleet.shortcuts.find(({ metadata }) => metadata.name === name);
  if (taken !== undefined) {
    const ids = taken.spec.clusters.map(({ id }) => id).join(' and ');
    throw failed(`the name ${name} is taken by the shortcut of ${ids}: choose another with --name`);
  }
  const manifest = shortcutManifest(name, requestedSpec(pair, options));
  const { problems, warnings } = createReviewer(fleet, terminal.clock).reviewShortcut(manifest);
  if (problems.length > 0)
    throw failed(`${pair.join(' and ')} cannot be linked:\n${problemLines(problems).join('\n')}`);
  for (const warning of warnings) terminal.progress(`  ${warning}`);
  if (options.dryRun === true) {
    if (options.output === 'table') terminal.print(`shortcut ${name} would be created (dry run)`);
    else terminal.print(formatValue(manifest, options.output));
    return undefined;
  }
  try {
    return await api.create(kinds.shortcuts, manifest, terminal.signal);
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) throw failed(`somebody else created ${name} just now: try again`, error);
    throw error;
  }
}

/** A mistyped name is the most frequent reason for a refusal, and the list of leaves knows what was meant. */
function checkLeaves(pair: readonly [string, string], { leaves, centralClusterID }: Fleet): void {
  const ids = leaves.map(({ metadata }) => metadata.name);
  const unknown = pair.find((id) => !ids.includes(id) && id !== centralClusterID);
  if (unknown !== undefined) {
    const known = ids.length === 0 ? 'there is none yet' : `there are ${ids.toSorted().join(', ')}`;
    throw failed(
      `there is no leaf "${unknown}"${suggestion(unknown, ids)}: ${known}; "leafway leaf add ${unknown} --kubeconfig FILE" registers one`,
    );
  }
  const leaving = leaves.find(
    ({ metadata }) => pair.includes(metadata.name) && metadata.deletionTimestamp !== undefined,
  );
  if (leaving === undefined) return;
  const { name } = leaving.metadata;
  throw failed(`the leaf ${name} is being removed: wait until it is gone ("leafway leaf list"), then register it anew`);
}

function reuse(existing: VirtualNodeShortcut, options: ConnectOptions, terminal: Terminal): VirtualNodeShortcut {
  const { name, deletionTimestamp } = existing.metadata;
  const ids = existing.spec.clusters.map(({ id }) => id).join(' and ');
  if (deletionTimestamp !== undefined) {
    const wait = `kubectl wait --for=delete vns/${name}`;
    throw failed(
      `the shortcut ${name} of ${ids} is still being deleted: wait until it is gone (${wait}), then try again`,
    );
  }
  if (options.name !== undefined && options.name !== name) {
    throw failed(`${ids} are linked by the shortcut ${name} already, and a name cannot be changed: leave --name out`);
  }
  const found = differences(existing, options);
  if (found.length > 0) {
    const words = found.map(({ field, is, wanted }) => `spec.${field} is ${is ?? 'not set'}, not ${wanted}`);
    throw failed(
      `${ids} are linked by the shortcut ${name} already, but ${words.join(', ')}: change it with ${changeCommand(name, found)}`,
    );
  }
  terminal.progress(`${ids} are linked by the shortcut ${name} already; nothing was written`);
  return existing;
}

function print(
  shortcut: VirtualNodeShortcut,
  { output }: ConnectOptions,
  terminal: Terminal,
  elapsedMs?: number,
): void {
  if (output !== 'table') {
    terminal.print(formatValue(asPrinted(shortcut), output));
    return;
  }
  const { name } = shortcut.metadata;
  const ids = shortcut.spec.clusters.map(({ id }) => id).join(' and ');
  if (isReady(shortcut)) {
    terminal.print(`${ids} are connected${elapsedMs === undefined ? '' : ` after ${formatSeconds(elapsedMs)}`}`);
    for (const line of nameLines(shortcut)) terminal.print(`  ${line}`);
    return;
  }
  if (shortcut.status === undefined)
    terminal.print(`shortcut ${name} created; "leafway get ${name}" shows how it goes`);
  else terminal.print(`shortcut ${name} is not Ready yet: ${missing(shortcut).message}`);
}
