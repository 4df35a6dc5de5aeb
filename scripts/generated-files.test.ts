import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from './generated-files.ts';

const root = join(import.meta.dirname, '..');
const files = generatedFiles(root);

describe('generated files', () => {
  test.each(files)('$path is what the code says; `npm run generate` writes it', ({ path, content }) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(content);
  });

  test.each(['crds', 'compatibility'])(
    'the folder %s of the chart holds no CRD that the schemas do not know',
    (name) => {
      const folder = `charts/leafway/files/${name}`;
      const known = files.map((file) => file.path).filter((path) => path.startsWith(`${folder}/`));
      expect(
        readdirSync(join(root, folder))
          .map((file) => `${folder}/${file}`)
          .toSorted(),
      ).toEqual(known.toSorted());
    },
  );
});
