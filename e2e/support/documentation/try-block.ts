import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseKubeconfig } from '@leafway/reconciler';
import { matchesOutput, readDialogues } from './output.ts';
import type { Block } from './page.ts';
import { runProgram } from './programs.ts';
import type { Workplace } from './workplace.ts';

/** What stands in pages for what only readers have, and what the test has in its place. */
const substitutions: readonly (readonly [RegExp, string])[] = [
  // In a clone npx finds the same program, and adds what it thinks of this machine's npm.
  [/npx --no-install leafway/g, 'leafway'],
  // A registry of charts: the folder that is packed and pushed to it.
  [/oci:\/\/ghcr\.io\/leafway\/charts\/(leafway(?:-leaf)?)(?: --version \S+)?/g, 'charts/$1'],
];

const substitute = (text: string): string =>
  substitutions.reduce((result, [pattern, stand]) => result.replaceAll(pattern, stand), text);

/** Languages whose blocks are tried. */
const tried = new Set(['sh', 'console', 'yaml', 'json', 'ts']);

/** Languages whose blocks are pictures, output and the like. */
const shown = new Set(['text', 'promql', 'lua', 'dockerfile']);

/** Whether a block promises something that can be tried: all do, but for pictures and those that say why not. */
export function isTried({ language, notes }: Block): boolean {
  return !shown.has(language) && notes['not run'] === undefined;
}

/** Whether it is known what to do with a block; one without a language could be anything. */
export const isKnown = ({ language }: Block): boolean => tried.has(language) || shown.has(language);

/** Tries what a block promises: see CONTRIBUTING.md, "Documentation". Throws with what came instead. */
export async function tryBlock({ language, text, notes }: Block, { shell, directory }: Workplace): Promise<void> {
  if (notes.file !== undefined) writeFileSync(join(directory, notes.file), `${text}\n`);
  const must = async (command: string): Promise<void> => {
    const { code, output } = await shell.run(command);
    if (code !== 0) throw new Error(`exit code ${code}:\n${output}`);
  };
  switch (language) {
    case 'sh':
      return must(substitute(text));
    case 'console':
      for (const { command, output } of readDialogues(text)) {
        const result = await shell.run(substitute(command));
        if (!matchesOutput(output, result.output.split('\n'))) throw new Error(`$ ${command}\n${result.output}`);
      }
      return;
    case 'yaml':
      if (notes.kubeconfig !== undefined) return void parseKubeconfig(filledIn(text, directory));
      writeFileSync(join(directory, '.block.yaml'), `${text}\n`);
      if (notes.values !== undefined) return must(`helm lint --strict ${notes.values} --values .block.yaml`);
      return must('kubectl apply --dry-run=server --filename .block.yaml');
    case 'json':
      return void JSON.parse(text);
    case 'ts':
      return runProgram(text, directory, must);
    default:
      throw new Error(`a block is sh, console, yaml, json, ts or text, not "${language}"`);
  }
}

/** What only a reader knows is left open in a page; an authority is taken from the page's own kubeconfig. */
function filledIn(kubeconfig: string, directory: string): string {
  const own = readFileSync(join(directory, '.kubeconfig'), 'utf8');
  const [authority = ''] = /certificate-authority-data: \S+/.exec(own) ?? [];
  return kubeconfig.replaceAll('certificate-authority-data: …', authority).replaceAll('…', 'rome');
}
