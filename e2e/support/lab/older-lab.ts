import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { prepareMachine } from '@leafway/lab';
import { startLabIn, type TestLab } from './leafway.ts';

/**
 * A lab whose API servers cannot begin a watch with all objects, as those before Kubernetes 1.34: whoever follows a kind
 * has to list it first.
 */
export async function startOlderLab(clusters: readonly string[]): Promise<TestLab> {
  const { kubeApiserver } = await prepareMachine({ environment: process.env, output: process.stderr });
  const assets = await mkdtemp(join(tmpdir(), 'leafway-older-'));
  const script = `#!/bin/sh\nexec '${kubeApiserver}' --feature-gates=WatchList=false "$@"\n`;
  await writeFile(join(assets, 'kube-apiserver'), script, { mode: 0o755 });
  const environment = [`KUBEBUILDER_ASSETS=${assets}`, `PATH=${dirname(kubeApiserver)}:${process.env.PATH}`];
  const { lab, stop } = await startLabIn(environment, ['--clusters', clusters.join(',')]);
  return {
    lab,
    stop: async () => {
      await stop();
      await rm(assets, { recursive: true });
    },
  };
}
