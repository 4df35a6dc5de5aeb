import { type Census, compareCensuses } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chaptersOf, type Environment } from '../support/documentation/environments.ts';
import { unfoundedClaims } from '../support/documentation/executed-blocks.ts';
import { deadLinks, reachableFrom } from '../support/documentation/links.ts';
import { readDocumentation } from '../support/documentation/repository.ts';
import { deadlineMs } from '../support/documentation/shell.ts';
import { isKnown, isTried, tryBlock } from '../support/documentation/try-block.ts';
import { openWorkplace, type Workplace } from '../support/documentation/workplace.ts';
import { takeSettledCensus } from '../support/objects/census.ts';

const pages = readDocumentation();

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

  it('say of each block that is not run why', () => {
    const reasons = pages.flatMap(({ path, blocks }) =>
      blocks.flatMap(({ line, notes: { 'not run': reason } }) =>
        reason === undefined ? [] : [`${path}:${line}: ${reason}`],
      ),
    );
    console.log(`${reasons.length} blocks of the documentation are not run here:\n  ${reasons.join('\n  ')}`);
    expect(reasons.filter((line) => !/: (executed by \S+$|needs )/.test(line))).toEqual([]);
  });

  it('name what executes such a block: a page that runs its commands, or a test that takes it', () => {
    expect(unfoundedClaims(pages)).toEqual([]);
  });
});

describe.each(chaptersOf(pages))('$name', ({ pages: chapter, tidy, open }) => {
  let environment: Environment;
  beforeAll(async () => {
    environment = await open();
  });
  afterAll(() => environment?.close());

  describe.each(chapter.filter(({ blocks }) => blocks.some(isTried)))('$path', ({ blocks }) => {
    let workplace: Workplace;
    let before: Census | undefined;
    let failed: number | undefined;
    beforeAll(async () => {
      if (tidy) environment = await open(); // What a page before has left in disorder is another one now.
      const { lab } = environment;
      if (tidy && lab !== undefined) before = await takeSettledCensus(lab);
      workplace = await openWorkplace(lab);
    });
    afterAll(() => workplace?.close());

    /** What comes after a failure would only repeat it. */
    const mustBeReached = (): void => {
      if (failed !== undefined) throw new Error(`not reached: line ${failed} failed`);
    };

    it.each(blocks.filter(isTried))(
      '$language in line $line does what it says',
      async (block) => {
        mustBeReached();
        failed = block.line;
        await tryBlock(block, workplace);
        failed = undefined;
      },
      2 * deadlineMs,
    );

    if (!tidy) return;
    it('leaves its clusters with the objects that they had', async () => {
      mustBeReached();
      const { lab } = environment;
      if (lab === undefined || before === undefined) return;
      const { added, removed } = compareCensuses(before, await takeSettledCensus(lab));
      expect({ added, removed }).toEqual({ added: [], removed: [] });
    });
  });
});
