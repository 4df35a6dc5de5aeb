import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, repository } from './published-packages.ts';

/** A program that a README shows. */
export interface ReadmeProgram {
  /** A file name that tells where it stands: `controller-1.ts` is the first of the controller's README. */
  readonly file: string;
  readonly text: string;
  /** What the README says that it prints. */
  readonly output: string | undefined;
  /** The test that runs it, where that is another one. */
  readonly runBy: string | undefined;
}

/** A block of TypeScript, with the comment above that says who runs it and the block below that says what it prints. */
const program = /(?:<!-- not run: executed by (\S+) -->\n)?```ts\n(.*?)```\n(?:\n```text\n(.*?)```\n)?/gs;

/** Every program of the packages' READMEs, in their order. */
export function readmePrograms(): ReadmeProgram[] {
  return publishedPackages.flatMap(({ folder }) => {
    const readme = readFileSync(join(repository, folder, 'README.md'), 'utf8');
    return [...readme.matchAll(program)].map(([, runBy, text = '', output], index) => ({
      file: `${folder.split('/').at(-1)}-${index + 1}.ts`,
      text,
      output,
      runBy: runBy?.endsWith('/packages.test.ts') ? undefined : runBy,
    }));
  });
}
