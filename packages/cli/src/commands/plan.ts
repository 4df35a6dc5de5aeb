import type { Command } from 'commander';
import { readFleet } from '../central/fleet.ts';
import { type Manifest, readManifests } from '../central/manifests.ts';
import { isJudged, type PlannedManifest, planManifests } from '../central/plan-manifests.ts';
import { readFileForUser } from '../central/read-file.ts';
import { addCentralOptions, withCentral } from '../central/with-central.ts';
import { failed } from '../errors.ts';
import { type Format, formatValue, outputOption } from '../output/format.ts';
import { problemLines } from '../output/problems.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

interface PlanOptions extends CentralOptions {
  readonly filename: string;
  readonly output: Format;
}

const examples = `
Examples:
  leafway plan -f shortcuts.yaml
  helm template fleet | leafway plan -f - -o json

Judges VirtualNodeShortcuts and LeafClusters by the rules of the admission webhook and prints what it would answer:
the plan, or every problem with its field. Nothing is written. Exit code 1 when one of them would be refused.
A field that its kind does not have is a problem too, as for kubectl apply.
Objects of other kinds are skipped, and named on standard error.
Formats of single fields are checked by the API server alone: kubectl apply --dry-run=server -f FILE.

With -o json or yaml: a list of { kind, name, change: Create|Update|None, accepted, problems: [{ path, code, message }],
warnings: [text] }, one for each object.`;

/** Adds `plan`: what would become of the objects in a file. */
export function addPlanCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command('plan')
    .description('show what the shortcuts in a file would lead to, without writing anything')
    .requiredOption('-f, --filename <file>', 'YAML or JSON with one or more objects; - is standard input')
    .addOption(outputOption())
    .addHelpText('after', examples);
  addCentralOptions(command).action(() => plan(command.optsWithGlobals<PlanOptions>(), terminal));
}

async function plan(options: PlanOptions, terminal: Terminal): Promise<void> {
  const { filename, output } = options;
  const manifests = readManifests(await readFileForUser(terminal, filename), filename);
  const fleet = await withCentral(terminal, options, (api) => readFleet(api, terminal.signal));
  const planned = await planManifests(manifests, fleet, terminal);
  for (const manifest of manifests) if (!isJudged(manifest)) terminal.progress(skippedLine(manifest));
  if (planned.length === 0)
    throw failed(`${filename} holds no VirtualNodeShortcut and no LeafCluster of leafway.dev/v1alpha1`);
  if (output === 'table') for (const line of planned.flatMap(planLines)) terminal.print(line);
  else terminal.print(formatValue(planned, output));
  const refused = planned.filter(({ accepted }) => !accepted);
  if (refused.length === 0) return;
  const names = refused.map(({ name }) => name).join(', ');
  throw failed(`${refused.length} of ${planned.length} would be refused: ${names}`);
}

const words = { Create: 'would be created', Update: 'would be changed', None: 'is there as written' } as const;

/** With the version: one that is mistyped, or not known yet, is why an object of our kinds is skipped. */
function skippedLine({ apiVersion, kind, metadata: { name } }: Manifest): string {
  return `skipped: ${kind} ${name} of ${apiVersion}`;
}

function planLines({ kind, name, change, accepted, problems, warnings }: PlannedManifest): string[] {
  const head = `${kind} ${name} ${accepted ? words[change] : 'would be refused'}:`;
  const lines = accepted ? warnings.map((warning) => `  ${warning}`) : problemLines(problems);
  return [lines.length === 0 ? head.replace(/:$/, '') : head, ...lines];
}
