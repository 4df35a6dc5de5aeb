import { readFileSync } from 'node:fs';

/** The version of this package; its manifest lies beside `src` and `dist`, also in an image. */
export function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
