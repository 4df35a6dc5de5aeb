import { describe, expect, it } from 'vitest';
import { commandsOf, unfoundedClaims } from './executed-blocks.ts';
import { readPage } from './page.ts';

const block = (note: string, commands: string): string => `${note}\n\`\`\`sh\n${commands}\n\`\`\`\n`;
const install = readPage(
  'docs/install.md',
  block('', 'helm install a \\\n  --wait    # slow\nleafway leaf remove rome'),
);

describe('a block that another page runs', () => {
  it.each([
    ['helm install a --wait', []],
    ['leafway leaf remove milan', []],
    ['helm install b --wait', ['README.md:2: docs/install.md does not run: helm install b --wait']],
  ])('has only commands of that page: %s', (command, objections) => {
    const readme = readPage('README.md', block('<!-- not run: executed by docs/install.md -->', command));
    expect(unfoundedClaims([install, readme])).toEqual(objections);
  });

  it('is not run by a page that leaves it out itself', () => {
    const lazy = readPage('docs/lazy.md', block('<!-- not run: needs Docker -->', 'docker ps'));
    const readme = readPage('README.md', block('<!-- not run: executed by docs/lazy.md -->', 'docker ps'));
    expect(unfoundedClaims([lazy, readme])).toEqual([expect.stringContaining('does not run: docker ps')]);
  });
});

describe('a block that a test executes', () => {
  it.each([
    ['e2e/scenarios/nothing.test.ts', 'there is no'],
    ['e2e/scenarios/races.test.ts', 'does not ask for its blocks'],
  ])('is not executed by %s', (test, objection) => {
    const readme = readPage('README.md', block(`<!-- not run: executed by ${test} -->`, 'helm list'));
    expect(unfoundedClaims([readme])).toEqual([expect.stringContaining(objection)]);
  });
});

describe('the commands of a block', () => {
  it('are those that are typed', () => {
    const [typed] = readPage('a.md', '```console\n$ printf \\\n  a\na\n$ leafway get leaves\nNAME\n```\n').blocks;
    expect(typed && commandsOf(typed)).toEqual(['printf a', 'leafway get leaves']);
  });
});
