import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleImage } from './bundle-image.ts';
import { imageContents } from './image-programs.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const repository = join(import.meta.dirname, '../..');
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leafway-bundle-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('what goes into an image', () => {
  it('is the same, to the byte, each time and wherever it is made', async () => {
    const contents = imageContents.agent;
    if (contents === undefined) throw new Error('there is no agent');
    const [first, second] = [join(directory, 'a'), join(directory, 'deeper/b')];
    await bundleImage(contents, repository, first);
    await bundleImage(contents, repository, second);
    const files = readdirSync(first, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(6);
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      expect(readFileSync(path.replace(first, second)).equals(readFileSync(path)), path).toBe(true);
    }
    const program = readFileSync(join(first, 'dist/main.js'), 'utf8');
    expect(program).not.toContain(repository);
  }, 60_000);

  it('needs nothing that .dockerignore keeps from the build', async () => {
    const context = join(directory, 'context');
    copyContext(context);
    const { folder, programs } = imageContents.webhook ?? { folder: '', programs: [] };
    await bundleImage({ folder, programs }, context, join(directory, 'out'));
    expect(readdirSync(join(directory, 'out/dist'))).toEqual(['main.js', 'main.js.map']);
  }, 60_000);
});

/** Copies what `COPY . .` would: `.dockerignore` keeps everything back but what it names with `!`, and folders by their names. */
function copyContext(target: string): void {
  const lines = readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n');
  const named = lines.flatMap((line) => /^!(.+)$/.exec(line)?.[1] ?? []);
  const keptBack = lines.flatMap((line) => /^\*\*\/(\w+)$/.exec(line)?.[1] ?? []);
  for (const path of named) {
    cpSync(join(repository, path), join(target, path), {
      recursive: true,
      filter: (source) => !keptBack.includes(basename(source)),
    });
  }
  linkPackages(target);
}

/** Instead of `npm ci`: others' packages are those of this checkout, ours are the copies. */
function linkPackages(target: string): void {
  const installed = join(repository, 'node_modules');
  const ours = join(target, 'node_modules/@leafway');
  mkdirSync(ours, { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@leafway') symlinkSync(join(installed, name), join(target, 'node_modules', name));
  }
  for (const name of readdirSync(join(installed, '@leafway'))) {
    const folder = relative(realpathSync(repository), realpathSync(join(installed, '@leafway', name)));
    symlinkSync(join(target, folder), join(ours, name));
  }
}

describe('the notices', () => {
  const put = (folder: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(directory, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, folder, name), text);
  };

  it('name each package once, with its licence, and nothing of ours', () => {
    put('node_modules/a', { 'package.json': '{"name":"a","version":"1.0.0","license":"MIT"}', 'LICENSE.md': 'Do.\n' });
    put('node_modules/a/node_modules/@s/b', { 'package.json': '{"name":"@s/b","version":"2.0.0","license":"ISC"}' });
    const inputs = [
      'node_modules/a/x.js',
      'node_modules/a/y/z.js',
      'node_modules/a/node_modules/@s/b/i.js',
      'src/main.ts',
    ];
    const line = '-'.repeat(80);
    expect(thirdPartyNotices(inputs, directory)).toBe(
      `@s/b 2.0.0 (ISC)\n\n${line}\n\n\na 1.0.0 (MIT)\n\nDo.\n\n${line}\n\n`,
    );
  });

  it('are refused for a package that does not say its licence', () => {
    put('node_modules/a', { 'package.json': '{"name":"a","version":"1.0.0"}' });
    expect(() => thirdPartyNotices(['node_modules/a/x.js'], directory)).toThrow('a 1.0.0 does not say its licence');
  });
});
