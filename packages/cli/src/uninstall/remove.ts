import { isApiError, type KubeApi, type KubeObject, type ResourceType } from '@leafway/reconciler';
import { explainTrouble, isUnknownKind } from '../central/explain-error.ts';
import { waitFor } from '../central/wait-for.ts';
import { failed } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { type InstalledObject, nameOf } from './installed-objects.ts';

/** Deletes objects in their order; those that went meanwhile are fine. Throws `ApiError`. */
export async function removeObjects(
  api: KubeApi,
  objects: readonly InstalledObject[],
  { signal }: Pick<Terminal, 'signal'>,
): Promise<void> {
  for (const object of objects) {
    try {
      await api.delete(object.type, object, { propagationPolicy: 'Background', signal });
    } catch (error) {
      if (!isApiError(error) || !isUnknownKind(error)) throw error;
    }
  }
}

/** Deletes all objects of a kind of ours, and takes every finalizer off, whoever put it there; it tells of other people's. */
export async function removeByForce(
  api: KubeApi,
  type: ResourceType,
  { signal, progress }: Pick<Terminal, 'signal' | 'progress'>,
): Promise<void> {
  for (const { metadata } of (await api.list<KubeObject>(type, { signal })).items) {
    const { namespace, name, uid, finalizers = [] } = metadata;
    await api.delete(type, { namespace, name }, { uid, signal }).catch(unlessGone);
    if (finalizers.length === 0) continue;
    const foreign = finalizers.filter((finalizer) => !finalizer.startsWith('leafway.dev/'));
    if (foreign.length > 0) progress(`${type.kind} ${name}: the finalizer ${foreign.join(', ')} is taken off, too`);
    const operations = [{ op: 'remove', path: '/metadata/finalizers' }] as const;
    await api.patch(type, { namespace, name }, operations, { signal }).catch(unlessGone);
  }
}

function unlessGone(error: unknown): void {
  if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error;
}

/** Deletes our kinds with whatever objects they still have, and waits until the API server has forgotten them. */
export async function removeDefinitions(
  api: KubeApi,
  definitions: readonly InstalledObject[],
  timeoutMs: number,
  terminal: Terminal,
): Promise<void> {
  await removeObjects(api, definitions, terminal);
  const { clock, random, signal, progress } = terminal;
  for (const definition of definitions) {
    const gone = await waitFor<KubeObject, true>(
      { api, clock, random, signal },
      {
        type: definition.type as ResourceType,
        name: definition.name,
        timeoutMs,
        goesOn: `${nameOf(definition)} is being deleted`,
        until: (found) => (found === undefined ? true : undefined),
        onTrouble: (problem) => progress(explainTrouble(problem)),
      },
    );
    if (gone !== true)
      throw failed(
        `${nameOf(definition)} is being deleted, but still there after ${timeoutMs / 1_000} s: an object of that kind is held by a finalizer; leafway uninstall --force takes it off`,
      );
  }
}
