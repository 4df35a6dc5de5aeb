import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compareCensuses, type RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeSettledCensus } from '../support/census.ts';
import { deadLinks, reachableFrom } from '../support/documentation/links.ts';
import type { Page } from '../support/documentation/page.ts';
import { readDocumentation, repository } from '../support/documentation/repository.ts';
import { isKnown, isTried, tryBlock } from '../support/documentation/try-block.ts';
import { openWorkplace, type Workplace } from '../support/documentation/workplace.ts';
import { sharedLab } from '../support/shared-lab.ts';

const pages = readDocumentation();

/** Pages that start a lab of their own. */
const withoutLab = new Set(['docs/how-to/lab.md']);

describe('the pages', () => {
  it.each(pages)('$path has no dead link', (page) => {
    expect(deadLinks(page, pages)).toEqual([]);
  });

  it('are all found by a reader who begins at the first', () => {
    const found = reachableFrom('README.md', pages);
    expect(pages.map(({ path }) => path).filter((path) => !found.has(path))).toEqual([]);
  });

  it.each(pages)('$path has blocks in languages that are known', ({ blocks }) => {
    expect(blocks.filter((block) => !isKnown(block)).map(({ line }) => line)).toEqual([]);
  });

  it('say of each block that is not run why, and name a test that there is', () => {
    const reasons = pages.flatMap(({ path, blocks }) =>
      blocks.flatMap(({ line, notes: { 'not run': reason } }) =>
        reason === undefined ? [] : [{ path, line, reason }],
      ),
    );
    const lines = reasons.map(({ path, line, reason }) => `  ${path}:${line}: ${reason}`);
    console.log(`${reasons.length} blocks of the documentation are not run here:\n${lines.join('\n')}`);
    for (const { path, line, reason } of reasons) {
      const test = /^executed by (\S+)/.exec(reason)?.[1];
      expect(test !== undefined || reason.startsWith('needs '), `${path}:${line}: ${reason}`).toBe(true);
      if (test !== undefined) expect(existsSync(join(repository, test)), `${path}:${line}: ${test}`).toBe(true);
    }
  });
});

describe.each(pages.filter(({ blocks }) => blocks.some(isTried)))('$path', ({ path, blocks }: Page) => {
  let workplace: Workplace;
  let lab: RunningLab | undefined;
  let before: Awaited<ReturnType<typeof takeSettledCensus>>;
  let failed: number | undefined;
  beforeAll(async () => {
    if (!withoutLab.has(path)) lab = await sharedLab();
    if (lab !== undefined) before = await takeSettledCensus(lab);
    workplace = await openWorkplace(lab);
  });
  afterAll(() => workplace?.close());

  /** What comes after a failure would only repeat it. */
  const mustBeReached = (): void => {
    if (failed !== undefined) throw new Error(`not reached: line ${failed} failed`);
  };

  it.each(blocks.filter(isTried))('$language in line $line does what it says', async (block) => {
    mustBeReached();
    failed = block.line;
    await tryBlock(block, workplace);
    failed = undefined;
  });

  it('leaves its clusters with the objects that they had', async () => {
    mustBeReached();
    if (lab === undefined) return;
    const { added, removed } = compareCensuses(before, await takeSettledCensus(lab));
    expect({ added, removed }).toEqual({ added: [], removed: [] });
  });
});
