import { kinds, type LeafCluster } from '@leafway/core';
import { isClusterID, labelKeys, resources, type Secret } from '@leafway/liqo';
import { findCondition, isApiError, type KubeApi } from '@leafway/reconciler';
import { explainError, explainTrouble } from '../central/explain-error.ts';
import { type Fleet, readFleet } from '../central/fleet.ts';
import { inspectLeaf } from '../central/inspect-leaf.ts';
import { type LeafKubeconfig, readLeafKubeconfig } from '../central/leaf-kubeconfig.ts';
import { readFileForUser } from '../central/read-file.ts';
import { createReviewer } from '../central/review.ts';
import { waitFor } from '../central/wait-for.ts';
import { withCentral } from '../central/with-central.ts';
import { failed, usageError } from '../errors.ts';
import { parseDuration } from '../output/duration.ts';
import { problemLines } from '../output/problems.ts';
import { asClause } from '../output/readiness.ts';
import type { CentralOptions, Terminal } from '../terminal.ts';

export interface AddOptions {
  readonly kubeconfig: string;
  readonly context?: string;
  readonly namespace: string;
  readonly serve: boolean;
  readonly address?: string;
  readonly timeout: string;
}

/** Says on a Secret that `leaf add` made it, so that `leaf remove` may delete it. */
export const madeByCommandLine = { [labelKeys.managedBy]: 'leafway-cli' } as const;

/** Registers a leaf: checks it by itself first, then makes the Secret and the LeafCluster, and waits for the facts. */
export async function addLeaf(
  name: string,
  options: AddOptions,
  central: CentralOptions,
  terminal: Terminal,
): Promise<void> {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  if (!isClusterID(name))
    throw usageError(`"${name}" is no cluster ID: lower-case letters, digits and inner dashes, at most 51 characters`);
  const { kubeconfig: file, context } = options;
  const kubeconfig = readLeafKubeconfig(await readFileForUser(terminal, file), file, context);
  await withCentral(terminal, central, async (api) => {
    const fleet = await readFleet(api, terminal.signal);
    const manifest = judged(name, options, fleet);
    for (const warning of manifest.warnings) terminal.progress(`  ${warning}`);
    await inspect(name, kubeconfig, api, fleet, terminal);
    await create(api, manifest.leaf, kubeconfig.text, terminal);
    terminal.progress(`leaf ${name} registered; waiting for its facts`);
    const ready = await untilFactsKnown(api, name, timeoutMs, terminal);
    const { dataPlane, networks } = ready.status ?? {};
    terminal.print(
      `leaf ${name} can be linked: data plane ${dataPlane?.kind ?? 'unknown'}, pods ${networks?.pod.join(', ') ?? 'unknown'}`,
    );
  });
}

/** The LeafCluster to create, with what the webhook would say to it. */
function judged(
  name: string,
  { namespace, serve, address }: AddOptions,
  fleet: Fleet,
): { readonly leaf: LeafCluster; readonly warnings: readonly string[] } {
  const existing = fleet.leaves.find(({ metadata }) => metadata.name === name);
  if (existing !== undefined) {
    const { namespace: where, name: secret } = existing.spec.kubeconfigSecretRef;
    throw failed(
      `the leaf ${name} is registered already: to change its kubeconfig, change Secret ${where}/${secret}; to register it anew, "leafway leaf remove ${name}" first`,
    );
  }
  const gateway = { ...(serve ? {} : { mayServe: false }), ...(address === undefined ? {} : { address }) };
  const leaf: LeafCluster = {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name },
    spec: {
      kubeconfigSecretRef: { namespace, name: `leaf-${name}`, key: 'kubeconfig' },
      ...(Object.keys(gateway).length === 0 ? {} : { gateway }),
    },
  };
  const { problems, warnings } = createReviewer(fleet).reviewLeaf(leaf);
  if (problems.length > 0) throw failed(`${name} cannot be registered:\n${problemLines(problems).join('\n')}`);
  return { leaf, warnings };
}

async function inspect(
  name: string,
  { text, connection }: LeafKubeconfig,
  central: KubeApi,
  { leaves }: Fleet,
  terminal: Terminal,
): Promise<void> {
  const opened = terminal.connectStrictly(text);
  try {
    await inspectLeaf(name, { leaf: opened.api, central }, leaves, terminal.signal);
  } catch (error) {
    throw explainError(error, { name: `the leaf ${name}`, server: connection.server });
  } finally {
    await opened.close();
  }
}

/** Both objects, or none: a Secret with credentials is not left behind for nothing. */
async function create(api: KubeApi, leaf: LeafCluster, kubeconfig: string, { signal }: Terminal): Promise<void> {
  const { namespace, name, key = 'kubeconfig' } = leaf.spec.kubeconfigSecretRef;
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name, labels: { ...madeByCommandLine } },
    type: 'Opaque',
    data: { [key]: Buffer.from(kubeconfig).toString('base64') },
  };
  const made = await createSecret(api, secret, signal);
  try {
    await api.create(kinds.leafClusters, leaf, signal);
  } catch (error) {
    await api.delete(resources.secrets, { namespace, name }, { uid: made.metadata.uid });
    throw error;
  }
}

async function createSecret(api: KubeApi, secret: Secret, signal: AbortSignal): Promise<Secret> {
  const { namespace, name } = secret.metadata;
  try {
    return await api.create(resources.secrets, secret, signal);
  } catch (error) {
    if (isApiError(error, 'AlreadyExists'))
      throw failed(`there is a Secret ${namespace}/${name} already: delete it, or choose another --namespace`, error);
    if (isApiError(error, 'NotFound'))
      throw failed(
        `the central cluster has no namespace ${namespace}: install Leafway there, or choose --namespace`,
        error,
      );
    throw error;
  }
}

async function untilFactsKnown(
  api: KubeApi,
  name: string,
  timeoutMs: number,
  terminal: Terminal,
): Promise<LeafCluster> {
  const { clock, random, signal, progress } = terminal;
  let last: LeafCluster | undefined;
  const ready = await waitFor<LeafCluster, LeafCluster>(
    { api, clock, random, signal },
    {
      type: kinds.leafClusters,
      name,
      timeoutMs,
      goesOn: `the leaf ${name} is registered: "leafway leaf list" shows when it can be linked`,
      until: (leaf) => {
        if (leaf === undefined) throw failed(`the leaf ${name} was removed while its facts were waited for`);
        last = leaf;
        return findCondition(leaf.status?.conditions, 'Ready')?.status === 'True' ? leaf : undefined;
      },
      onTrouble: (problem) => progress(explainTrouble(problem)),
    },
  );
  if (ready !== undefined) return ready;
  const message = findCondition(last?.status?.conditions, 'Ready')?.message;
  const why = asClause(message ?? 'the controller has not looked at it yet; does it run?');
  throw failed(
    `the leaf ${name} is registered, but cannot be linked after ${timeoutMs / 1_000} s: ${why}; "leafway leaf list" shows when it can, "leafway leaf remove ${name}" takes it back`,
  );
}
