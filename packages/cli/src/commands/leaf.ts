import type { Command } from 'commander';
import { addCentralOptions } from '../central/with-central.ts';
import { outputOption } from '../output/format.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';
import { type GetOptions, getLeaves } from './get.ts';
import { type AddOptions, addLeaf } from './leaf-add.ts';
import { type KubeconfigOptions, printLeafKubeconfig } from './leaf-kubeconfig.ts';
import { removeLeaf } from './leaf-remove.ts';

const addExamples = `
Examples:
  leafway leaf add rome --kubeconfig rome-centre.kubeconfig
  leafway leaf add rome --kubeconfig all.kubeconfig --context rome-centre --no-serve
  leafway --context central leaf add rome --kubeconfig rome-centre.kubeconfig

Here --kubeconfig and --context are the leaf's. The central cluster is that of KUBECONFIG, or of the same options before
the word leaf. Only the chosen context is stored, in the Secret leaf-NAME.

The kubeconfig must carry its token or certificates in itself: "leafway leaf kubeconfig" makes one.`;

const kubeconfigExamples = `
Examples:
  leafway leaf kubeconfig --context rome-admin > rome-centre.kubeconfig
  leafway leaf kubeconfig --context rome-admin | leafway --context central leaf add rome --kubeconfig -

Here --kubeconfig and --context are those of an administrator of the leaf. The account is the one that the chart makes:
  helm install leafway-leaf oci://ghcr.io/leafway/charts/leafway-leaf --kube-context rome-admin \\
    --namespace leafway-system --create-namespace
The cluster may give the token less time than was asked for. The controller tells in LeafCluster status when it ends, and
plans warn two weeks before: then put a new one into the Secret leaf-NAME.`;

const removeExamples = `
Examples:
  leafway leaf remove rome

Refused while a shortcut uses the leaf. The Secret with its kubeconfig goes too, if "leaf add" made it.`;

/** Adds `leaf kubeconfig|add|list|remove`. */
export function addLeafCommands(program: Command, terminal: Terminal): void {
  const leaf = program.command('leaf').description('register and remove leaf clusters');

  const add = leaf
    .command('add')
    .description('register a leaf cluster at the central one')
    .argument('<name>', "the leaf's cluster ID")
    .requiredOption(
      '--kubeconfig <file>',
      'kubeconfig of the leaf, for the account that the controller uses; - is standard input',
    )
    .option('--context <name>', 'context of that kubeconfig (default: its current one)')
    .option('--namespace <name>', 'where to keep the Secret on the central cluster', 'leafway-system')
    .option('--no-serve', 'others cannot reach it: it runs no gateway servers')
    .option('--address <address>', 'IP address or DNS name under which others reach its gateways, as behind NAT')
    .option('--timeout <time>', 'how long to wait for its facts', '30s')
    .addHelpText('after', addExamples)
    .action((name: string) => addLeaf(name, add.opts<AddOptions>(), program.opts<CentralOptions>(), terminal));

  const kubeconfig = leaf
    .command('kubeconfig')
    .description('print a kubeconfig for "leaf add", with the account that the chart leafway-leaf made')
    .option(
      '--kubeconfig <file>',
      'kubeconfig of an administrator of the leaf (default: KUBECONFIG, or ~/.kube/config)',
    )
    .option('--context <name>', 'context of that kubeconfig (default: its current one)')
    .option('--namespace <name>', 'where the chart was installed', 'leafway-system')
    .option('--account <name>', 'its ServiceAccount', 'leafway-centre')
    .option('--duration <time>', 'for how long its token shall be good', '8760h')
    .option('--server <url>', 'where the central cluster reaches the API server of the leaf, if not where you do')
    .addHelpText('after', kubeconfigExamples)
    .action(() => printLeafKubeconfig(kubeconfig.opts<KubeconfigOptions>(), terminal));

  const list = leaf.command('list').description('show all leaves, as "get leaves" does').addOption(outputOption());
  addCentralOptions(list).action(() => getLeaves(list.optsWithGlobals<GetOptions>(), terminal));

  const remove = leaf
    .command('remove')
    .description('remove a leaf cluster from the central one')
    .argument('<name>', "the leaf's cluster ID")
    .option('--timeout <time>', 'how long to wait until it is gone', '30s')
    .addHelpText('after', removeExamples);
  addCentralOptions(remove).action((name: string) =>
    removeLeaf(name, remove.optsWithGlobals<CentralOptions & { readonly timeout: string }>(), terminal),
  );
}
