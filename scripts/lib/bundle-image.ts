import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { ImageContents } from './image-programs.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

/**
 * CommonJS packages ask for Node's modules by `require`, which an ES module does not have. The name is one that no
 * bundled module declares.
 */
const banner = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
].join('\n');

const ownRequire = 'const require = createRequire(import.meta.url);';

/**
 * A module of ours that loads a package late makes itself a `require`. Without that line the name is the bundler's, which
 * then takes the package in, and still evaluates it only when it is asked for.
 */
const lateRequires: Plugin = {
  name: 'late requires',
  setup: (bundler) => {
    bundler.onLoad({ filter: /\/src\/.*\.ts$/, namespace: 'file' }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(ownRequire, ''), loader: 'ts' };
    });
  },
};

/**
 * Writes what an image holds into `directory`: one ES module for each program with its source map beside it, the
 * manifest that tells the version, and the licences of everything that was bundled. The same sources give the same
 * bytes. Throws when something cannot be bundled.
 */
export async function bundleImage(contents: ImageContents, root: string, directory: string): Promise<void> {
  const inputs = new Set<string>();
  for (const { entry, output } of contents.programs) {
    const { metafile, files } = await bundle(join(contents.folder, entry), root, output);
    await mkdir(dirname(join(directory, output)), { recursive: true });
    for (const { path, bytes } of files) await writeFile(join(directory, path), bytes);
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  }
  await writeFile(join(directory, 'package.json'), manifest(join(root, contents.folder)));
  await writeFile(join(directory, 'LICENSE'), readFileSync(join(root, 'LICENSE')));
  await writeFile(join(directory, 'THIRD-PARTY-LICENSES'), thirdPartyNotices([...inputs], root));
}

/** A file by its path in the image's folder. */
interface BundledFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

async function bundle(
  entry: string,
  root: string,
  output: string,
): Promise<{ metafile: Metafile; files: BundledFile[] }> {
  // Source maps name sources by their way from the output: as if that were in the repository, wherever it is written.
  const place = join(root, 'image');
  const { metafile, warnings, outputFiles } = await build({
    entryPoints: [entry],
    outfile: join(place, output),
    write: false,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['@leafway/source'],
    banner: { js: banner },
    plugins: [lateRequires],
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay as they are: they are in stack traces, and some packages look at them.
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  if (warnings.length > 0) throw new Error(`${entry}: bundled with ${warnings.length} warnings, see above`);
  return {
    metafile,
    files: outputFiles.map(({ path, contents }) => ({ path: relative(place, path), bytes: contents })),
  };
}

/** Node needs `type`, the program its name and version. */
function manifest(folder: string): string {
  const { name, version, license, type } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  return `${JSON.stringify({ name, version, license, type }, undefined, 2)}\n`;
}
