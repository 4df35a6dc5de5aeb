import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readDialogues } from './output.ts';
import type { Block, Page } from './page.ts';
import { readDocumentation, repository } from './repository.ts';
import { isTried } from './try-block.ts';

/** A block, and the page in which it stands. */
export interface PlacedBlock extends Block {
  readonly page: string;
}

/**
 * The blocks of all pages that say `executed by` this test, a path from the root of the repository. A test that is named
 * calls this, and executes what it is given. Throws when no block names it.
 */
export function blocksExecutedBy(test: string): PlacedBlock[] {
  const found = executedElsewhere(readDocumentation()).filter(({ by }) => by === test);
  if (found.length === 0) throw new Error(`no block of the documentation is executed by ${test}`);
  return found.map(({ block }) => block);
}

/** Blocks that say that another page or a test executes them, though it does not: a line for each, with the reason. */
export function unfoundedClaims(pages: readonly Page[]): string[] {
  return executedElsewhere(pages).flatMap(({ block, by }) => {
    const objection = by.endsWith('.md') ? objectionToPage(block, by, pages) : objectionToTest(block, by);
    return objection === undefined ? [] : [`${block.page}:${block.line}: ${objection}`];
  });
}

function executedElsewhere(pages: readonly Page[]): { readonly block: PlacedBlock; readonly by: string }[] {
  return pages.flatMap(({ path, blocks }) =>
    blocks.flatMap((block) => {
      const by = /^executed by (\S+)$/.exec(block.notes['not run'] ?? '')?.[1];
      return by === undefined ? [] : [{ block: { ...block, page: path }, by }];
    }),
  );
}

function objectionToPage(block: Block, path: string, pages: readonly Page[]): string | undefined {
  const tried = pages.find((page) => page.path === path)?.blocks.filter(isTried) ?? [];
  const known = new Set(tried.flatMap(commandsOf));
  const missing = commandsOf(block).find((command) => !known.has(command));
  return missing === undefined ? undefined : `${path} does not run: ${missing}`;
}

function objectionToTest({ page }: PlacedBlock, path: string): string | undefined {
  if (!existsSync(join(repository, path))) return `there is no ${path}`;
  const source = readFileSync(join(repository, path), 'utf8');
  // A package's own test of its README reads that one.
  const isOwn = path.startsWith(`${dirname(page)}/`) && source.includes(`'README.md'`);
  return isOwn || source.includes(`blocksExecutedBy('${path}')`) ? undefined : `${path} does not ask for its blocks`;
}

/** The commands of a block of shell, without comments, the same for whatever leaf. */
export function commandsOf({ language, text }: Block): string[] {
  if (language === 'console') return readDialogues(text).map(({ command }) => normalized(command));
  if (language !== 'sh') return [];
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map(normalized)
    .filter((command) => command !== '');
}

const normalized = (command: string): string =>
  command
    .replaceAll('\\\n', ' ')
    .replace(/(^|\s)#.*/, '')
    .replaceAll(/\b(rome|milan|paris)\b/g, 'LEAF')
    .replaceAll(/\s+/g, ' ')
    .trim();
