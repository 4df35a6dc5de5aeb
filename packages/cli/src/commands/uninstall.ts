import { type DrainReport, drain, failureLines } from '@leafway/controller';
import { compatibilityKinds, kinds } from '@leafway/core';
import type { KubeApi } from '@leafway/reconciler';
import type { Command } from 'commander';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { CliError, failed } from '../errors.ts';
import { parseDuration } from '../output/duration.ts';
import { removalLines, stayingLines } from '../output/uninstall-report.ts';
import { silentLogger } from '../silent-logger.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';
import { findNamespace } from '../uninstall/find-namespace.ts';
import { type Inventory, takeInventory } from '../uninstall/inventory.ts';
import { type Leftover, leftoversOf } from '../uninstall/leftovers.ts';
import { withOwnController } from '../uninstall/own-controller.ts';
import { removeByForce, removeDefinitions, removeObjects } from '../uninstall/remove.ts';

interface UninstallOptions extends CentralOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly namespace: string;
  readonly liqoNamespace: string;
  readonly timeout: string;
}

/** As they are typed. */
type GivenOptions = Omit<UninstallOptions, 'namespace'> & { readonly namespace?: string };

const examples = `
Examples:
  helm uninstall leafway -n leafway-system     takes the links down and removes what the chart made; it keeps the CRDs
  leafway uninstall --dry-run                  what is left of Leafway, and what would stay
  leafway uninstall                            removes the LeafClusters, the CRDs and all that is left
  leafway uninstall --force                    the same where no controller runs, or a leaf is gone for good

Links are taken down first. Without --force nothing is removed when a link cannot be taken down, and the reason is told.
With --force this command does the controller's work if none runs, with your rights and the kubeconfigs that the
LeafClusters name; what cannot be removed from a leaf that does not answer is listed, with the commands to remove it there.`;

/** Adds `uninstall`: removes what is left of Leafway from the central cluster. */
export function addUninstallCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('uninstall')
    .description('remove Leafway from the central cluster, with all links and leaves')
    .option('--force', 'also without a controller, and although leaves do not answer')
    .option('--dry-run', 'print what would be removed and what would stay')
    .option('--yes', 'do not ask')
    .option('--namespace <name>', 'where Leafway is installed (default: where the API server asks its webhook)')
    .option('--liqo-namespace <name>', 'where Liqo is installed', 'liqo')
    .option('--timeout <time>', 'how long to wait until all links are taken down', '2m')
    .addHelpText('after', examples);
  addCentralOptions(command).action(() => uninstall(command.optsWithGlobals<GivenOptions>(), terminal));
}

async function uninstall(given: GivenOptions, terminal: Terminal): Promise<void> {
  const timeoutMs = parseDuration(given.timeout, '--timeout');
  await withCentral(terminal, given, async (api) => {
    const options = { ...given, namespace: await findNamespace(api, given.namespace, terminal.signal) };
    const inventory = await takeInventory(api, options, terminal.signal);
    const removed = removalLines(inventory);
    if (removed.length === 0) return terminal.print('there is nothing of Leafway on the central cluster');
    if (options.dryRun === true) {
      const leftovers = leftoversOf([], inventory.leaves);
      terminal.print(['What would be removed:', ...removed].join('\n'));
      return terminal.print(stayingLines(inventory, { ...options, leftovers }).join('\n'));
    }
    refuseWhileManaged(inventory, options);
    await confirm(removed, options, terminal);
    // Whoever forces it does not trust what stands between him and the objects.
    if (options.force === true) await removeObjects(api, inventory.gatekeepers, terminal);
    const isServed = inventory.definitions.length > 0;
    const compatibility = inventory.connections !== undefined;
    const leftovers = isServed ? await takeDownLinks(api, { ...options, compatibility, timeoutMs }, terminal) : [];
    await remove(api, inventory, { ...options, timeoutMs }, terminal);
    terminal.print(['Removed:', ...removed].join('\n'));
    terminal.print(stayingLines(inventory, { ...options, leftovers }).join('\n'));
  });
}

/** Helm would not know of it, and would go on as if all were there. */
function refuseWhileManaged({ release }: Inventory, { force }: UninstallOptions): void {
  if (release === undefined || force === true) return;
  const { name, namespace } = release;
  throw failed(
    `Leafway is installed by the Helm release ${name}: "helm uninstall ${name} --namespace ${namespace}" first, then this command for what the chart keeps; --force goes on without Helm`,
  );
}

async function confirm(removed: readonly string[], { yes }: UninstallOptions, terminal: Terminal): Promise<void> {
  if (yes === true) return;
  for (const line of removed) terminal.progress(line);
  const answer = await terminal.confirm('Take down all links and remove this from the central cluster?');
  if (answer === undefined) throw failed('nothing was removed: nobody can be asked here; add --yes');
  if (!answer) throw failed('nothing was removed');
}

/** Returns what stays on the leaves. */
async function takeDownLinks(
  api: KubeApi,
  options: UninstallOptions & { readonly timeoutMs: number; readonly compatibility: boolean },
  terminal: Terminal,
): Promise<readonly Leftover[]> {
  const { clock, random, signal, progress } = terminal;
  const { timeoutMs, compatibility } = options;
  const lease = { namespace: options.namespace, name: 'leafway-controller' };
  const work = (): Promise<DrainReport> =>
    drain({ central: api, clock, random, log: silentLogger, progress }, { timeoutMs, lease, compatibility }, signal);
  const working = options.force === true ? withOwnController(api, options, { compatibility }, terminal, work) : work();
  const report = await working.catch((error: unknown) => {
    if (!signal.aborted) throw error;
    throw new CliError(
      'INTERRUPTED',
      'interrupted: links are being taken down, and nothing else was removed; run it again',
    );
  });
  if (report.obstacles.length === 0) return [];
  const lines = failureLines(report);
  if (options.force !== true) throw failed(lines.join('\n'));
  for (const line of lines) progress(line);
  const { shortcuts, leaves } = await takeInventory(api, options, signal);
  return leftoversOf(shortcuts, leaves);
}

/** In an order in which nothing is refused, and nothing waits for something that is gone. */
async function remove(
  api: KubeApi,
  { gatekeepers, parts, definitions, connections, rights, remains, ownSecrets }: Inventory,
  { force, timeoutMs }: { readonly force?: boolean; readonly timeoutMs: number },
  terminal: Terminal,
): Promise<void> {
  await removeObjects(api, [...gatekeepers, ...parts], terminal);
  if (force === true && definitions.length > 0) {
    const before = connections === undefined ? [] : Object.values(compatibilityKinds);
    for (const type of [...before, kinds.shortcuts, kinds.leafClusters]) await removeByForce(api, type, terminal);
  }
  await removeDefinitions(api, definitions, timeoutMs, terminal);
  await removeObjects(api, [...rights, ...remains, ...ownSecrets], terminal);
}
