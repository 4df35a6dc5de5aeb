/**
 * Compares what the charts' roles grant with what the audit logs of all end-to-end tests say was used, both ways, and
 * fails with a line for each difference: `main-compare.ts DIRECTORY`, where the tests wrote down what they saw.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareRights } from './compare.ts';
import { exceptions } from './exceptions.ts';
import { readRecords } from './record.ts';
import { readGrants } from './roles.ts';

const [directory = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const files = readdirSync(directory).map((name) => join(directory, name));
const uses = await readRecords(files);
const grants = readGrants(root);
const differences = compareRights(grants, uses, exceptions);
for (const line of differences) console.error(line);
console.log(`${grants.length} granted verbs, ${uses.length} uses from ${files.length} labs`);
if (differences.length > 0) process.exitCode = 1;
