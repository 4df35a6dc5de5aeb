#!/usr/bin/env node
/**
 * Copies the files of the charts that a lab installs into the package of the lab, before it is packed; with `--remove`
 * takes them away again.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/set-up.js';

const target = join(root, 'packages', 'lab', 'charts');
rmSync(target, { recursive: true, force: true });
if (!process.argv.includes('--remove')) {
  for (const chart of ['leafway', 'leafway-leaf']) {
    cpSync(join(root, 'charts', chart, 'files'), join(target, chart, 'files'), { recursive: true });
  }
}
