import { describe, expect, it } from 'vitest';
import { readPage } from './page.ts';

const page = readPage(
  'docs/a.md',
  `# A page: *one*

<!-- run
cd /tmp
-->

See [below](#a-page-one) and [there](b.md#x "title").

<!-- file: a.yaml -->

\`\`\`yaml
kind: A
\`\`\`

## Two

## Two

<!-- not run: needs Docker -->
\`\`\`sh
docker
\`\`\`
`,
);

describe('a page', () => {
  it('has blocks with their lines and what comments say of them', () => {
    expect(page.blocks).toEqual([
      { line: 3, language: 'sh', text: 'cd /tmp', notes: {} },
      { line: 11, language: 'yaml', text: 'kind: A', notes: { file: 'a.yaml' } },
      { line: 20, language: 'sh', text: 'docker', notes: { 'not run': 'needs Docker' } },
    ]);
  });

  it('has blocks in lists, too', () => {
    const { blocks } = readPage(
      'docs/a.md',
      '1. One:\n\n   <!-- not run: needs time -->\n   ```sh\n   sleep\n   ```\n2. Two\n',
    );
    expect(blocks).toMatchObject([{ language: 'sh', text: 'sleep', notes: { 'not run': 'needs time' } }]);
  });

  it('has the anchors that GitHub gives its headings', () => {
    expect([...page.anchors]).toEqual(['a-page-one', 'two', 'two-1']);
  });

  it('has links', () => {
    expect(page.links).toEqual(['#a-page-one', 'b.md#x']);
  });

  it('may have comments that say nothing of blocks', () => {
    expect(readPage('docs/a.md', '<!-- values: made by a script -->\n\ntext').blocks).toEqual([]);
  });

  it('has no comment about a block that is not there', () => {
    expect(() => readPage('docs/a.md', '<!-- file: x -->\n\ntext')).toThrow('stands before no block');
  });
});
