import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Use, UseCount, useIn } from './use.ts';

/** Where `npm test` wants to be told what was used; absent when nobody asks. */
const directoryVariable = 'LEAFWAY_E2E_RIGHTS';

/** Writes down what our accounts used on every cluster of a lab that is about to be taken down, or that was killed. */
export async function recordLab(directory: string): Promise<void> {
  const entries = existsSync(directory) ? readdirSync(directory, { withFileTypes: true }) : [];
  const clusters = entries.filter((entry) => entry.isDirectory());
  await recordAuditLogs(clusters.map(({ name }) => join(directory, name, 'audit.log')));
}

/** The same for audit logs that lie anywhere; one that does not exist was never begun. */
export async function recordAuditLogs(files: readonly string[]): Promise<void> {
  const target = process.env[directoryVariable];
  if (target === undefined) return;
  const count = new UseCount();
  for (const file of files) await readUses(file, count);
  await writeFile(join(target, `${randomUUID()}.json`), JSON.stringify(count.uses));
}

async function readUses(file: string, count: UseCount): Promise<void> {
  try {
    for await (const line of createInterface({ input: createReadStream(file) })) {
      // The last line of a server that was killed may be half a line.
      const use = line.endsWith('}') ? useIn(line) : undefined;
      if (use !== undefined) count.add(use);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Reads what was written down, added up. */
export async function readRecords(files: readonly string[]): Promise<readonly Use[]> {
  const count = new UseCount();
  for (const file of files) {
    for (const use of JSON.parse(await readFile(file, 'utf8')) as readonly Use[]) count.add(use);
  }
  return count.uses;
}
