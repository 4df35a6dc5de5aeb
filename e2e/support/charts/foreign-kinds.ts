import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareGoModule } from '@leafway/lab/internal';

/** The files with the CustomResourceDefinitions of cert-manager. */
export async function certManagerKindFiles(): Promise<string[]> {
  return definitionsIn(await moduleFolder('cert-manager', 'github.com/cert-manager/cert-manager'), 'deploy/crds');
}

/** The files with those of the Prometheus operator that the chart makes objects of. */
export async function monitoringKindFiles(): Promise<string[]> {
  const module = 'github.com/prometheus-operator/prometheus-operator';
  const files = await definitionsIn(
    await moduleFolder('prometheus-operator', module),
    'example/prometheus-operator-crd',
  );
  return files.filter((file) => /_(servicemonitors|prometheusrules)\.yaml$/.test(file));
}

function moduleFolder(tool: string, path: string): Promise<string> {
  const sources = fileURLToPath(new URL(`../../tools/${tool}`, import.meta.url));
  return prepareGoModule({ path, sources }, { environment: process.env, output: process.stderr });
}

async function definitionsIn(module: string, folder: string): Promise<string[]> {
  const files = await readdir(join(module, folder));
  return files.filter((file) => file.endsWith('.yaml')).map((file) => join(module, folder, file));
}
