import { kinds, type LeafCluster } from '@leafway/core';
import { labelKeys, resources, type Secret } from '@leafway/liqo';
import { findCondition, type KubeApi } from '@leafway/reconciler';
import { explainTrouble } from '../central/explain-error.ts';
import { listLeaves, listShortcuts } from '../central/fleet.ts';
import { waitFor } from '../central/wait-for.ts';
import { withCentral } from '../central/with-central.ts';
import { failed } from '../errors.ts';
import { parseDuration } from '../output/duration.ts';
import { usersOf } from '../output/leaf-table.ts';
import { suggestion } from '../output/nearest.ts';
import { asClause } from '../output/readiness.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';
import { madeByCommandLine } from './leaf-add.ts';

/** Removes a leaf that no shortcut uses, and then the Secret that was made for it. */
export async function removeLeaf(
  name: string,
  options: CentralOptions & { readonly timeout: string },
  terminal: Terminal,
): Promise<void> {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  await withCentral(terminal, options, async (api) => {
    const { signal } = terminal;
    const [leaves, shortcuts] = await Promise.all([listLeaves(api, signal), listShortcuts(api, signal)]);
    const leaf = leaves.find(({ metadata }) => metadata.name === name);
    const names = leaves.map(({ metadata }) => metadata.name);
    if (leaf === undefined)
      throw failed(`there is no leaf "${name}"${suggestion(name, names)}: "leafway leaf list" shows all`);
    const users = usersOf(name, shortcuts);
    if (users.length > 0) {
      const commands = users.map((user) => `leafway disconnect ${user}`).join('; ');
      throw failed(`the leaf ${name} is used by ${users.join(', ')}: remove that first (${commands})`);
    }
    await api.delete(kinds.leafClusters, { name }, { uid: leaf.metadata.uid, signal });
    await untilGone(api, leaf, timeoutMs, terminal);
    terminal.print(`leaf ${name} removed`);
    const others = leaves.filter((other) => other !== leaf);
    await removeSecret(api, leaf, others, terminal);
  });
}

async function untilGone(
  api: KubeApi,
  { metadata }: LeafCluster,
  timeoutMs: number,
  terminal: Terminal,
): Promise<void> {
  const { clock, random, signal, progress } = terminal;
  const { name, uid } = metadata;
  let why = '';
  const gone = await waitFor<LeafCluster, true>(
    { api, clock, random, signal },
    {
      type: kinds.leafClusters,
      name,
      timeoutMs,
      goesOn: `the leaf ${name} is being removed; the Secret with its kubeconfig stays`,
      until: (leaf) => {
        if (leaf === undefined || leaf.metadata.uid !== uid) return true;
        const left = leaf.status?.pendingCleanup?.length ?? 0;
        const owed = `${left} objects of deleted shortcuts are still on it, and are removed when it answers`;
        why =
          left > 0
            ? owed
            : (findCondition(leaf.status?.conditions, 'Ready')?.message ?? 'the controller does not answer');
        return undefined;
      },
      onTrouble: (problem) => progress(explainTrouble(problem)),
    },
  );
  if (gone) return;
  throw failed(
    `the leaf ${name} is being deleted, but still there after ${timeoutMs / 1_000} s: ${asClause(why)}; to give up what is on it: kubectl annotate leafcluster ${name} leafway.dev/abandon=true`,
  );
}

/** A Secret that an administrator made stays, and so does one that another leaf names. */
async function removeSecret(
  api: KubeApi,
  { spec }: LeafCluster,
  others: readonly LeafCluster[],
  { signal, print }: Terminal,
): Promise<void> {
  const { namespace, name } = spec.kubeconfigSecretRef;
  const isShared = others.some(
    ({ spec: { kubeconfigSecretRef } }) =>
      kubeconfigSecretRef.namespace === namespace && kubeconfigSecretRef.name === name,
  );
  const secret = await api.get<Secret>(resources.secrets, { namespace, name }, signal);
  if (secret === undefined) return;
  const isOurs = secret.metadata.labels?.[labelKeys.managedBy] === madeByCommandLine[labelKeys.managedBy];
  if (!isOurs || isShared) {
    print(
      `  Secret ${namespace}/${name} with its kubeconfig stays: ${isShared ? 'another leaf uses it' : 'it was not made by "leaf add"'}`,
    );
    return;
  }
  await api.delete(resources.secrets, { namespace, name }, { uid: secret.metadata.uid, signal });
}
