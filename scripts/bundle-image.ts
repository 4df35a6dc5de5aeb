/** Bundles the programs of an image into a folder, as its Dockerfile does: `node scripts/bundle-image.ts NAME FOLDER`. */
import { join, resolve } from 'node:path';
import { bundleImage } from './lib/bundle-image.ts';
import { imageContents } from './lib/image-programs.ts';

const [name = '', folder] = process.argv.slice(2);
const contents = imageContents[name];
if (contents === undefined || folder === undefined) {
  console.error(`usage: node scripts/bundle-image.ts ${Object.keys(imageContents).join('|')} FOLDER`);
  process.exitCode = 2;
} else {
  await bundleImage(contents, join(import.meta.dirname, '..'), resolve(folder));
}
