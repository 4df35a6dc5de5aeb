import { contentOf, fieldOf, type References, Waiting } from './environment.ts';
import type { DownwardFile, KeyToPath, Pod, ProjectedSource, Volume } from './pod.ts';

/** The files of a volume, by path; undefined for one that the Pod writes itself. */
export type Files = ReadonlyMap<string, { readonly content: Buffer; readonly mode: number }> | undefined;

/** A token for the Pod's ServiceAccount, kept current by whoever gives it. */
export type TokenSource = (request: NonNullable<ProjectedSource['serviceAccountToken']>) => Promise<string>;

export interface VolumeContext {
  readonly pod: Pod;
  readonly podIP: string;
  readonly references: References;
  readonly token: TokenSource;
}

/** What has to be in a volume now. Throws `Waiting` when something that it is made of does not exist. */
export async function filesOf(volume: Volume, context: VolumeContext): Promise<Files> {
  const { emptyDir, secret, configMap, downwardAPI, projected } = volume;
  if (emptyDir !== undefined) return undefined;
  if (projected !== undefined) {
    const parts = await Promise.all(projected.sources.map((source) => projectedFiles(source, context)));
    return withMode(parts.flat(), projected.defaultMode);
  }
  if (secret !== undefined) {
    return withMode(keyFiles('Secret', { ...secret, name: secret.secretName }, context), secret.defaultMode);
  }
  if (configMap !== undefined) return withMode(keyFiles('ConfigMap', configMap, context), configMap.defaultMode);
  if (downwardAPI !== undefined) return withMode(downwardFiles(downwardAPI.items, context), downwardAPI.defaultMode);
  throw new Waiting(`the volume ${volume.name} is of a kind that is not supported`);
}

interface OneFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode?: number | undefined;
}

/** As the API server defaults it. */
const defaultFileMode = 0o644;

function withMode(files: readonly OneFile[], defaultMode = defaultFileMode): Files {
  return new Map(files.map(({ path, content, mode }) => [path, { content, mode: mode ?? defaultMode }]));
}

async function projectedFiles(source: ProjectedSource, context: VolumeContext): Promise<OneFile[]> {
  const { serviceAccountToken: token, secret, configMap, downwardAPI } = source;
  if (token !== undefined) return [{ path: token.path, content: Buffer.from(await context.token(token)) }];
  if (secret !== undefined) return keyFiles('Secret', secret, context);
  if (configMap !== undefined) return keyFiles('ConfigMap', configMap, context);
  return downwardFiles(downwardAPI?.items, context);
}

function keyFiles(
  kind: 'Secret' | 'ConfigMap',
  { name, items, optional = false }: { name: string; items?: readonly KeyToPath[]; optional?: boolean },
  { references }: VolumeContext,
): OneFile[] {
  const object = kind === 'Secret' ? references.secret(name) : references.configMap(name);
  if (object === undefined) {
    if (optional) return [];
    throw new Waiting(`${kind} ${name} does not exist`);
  }
  const content = contentOf(kind, object);
  if (items === undefined) return [...content].map(([path, bytes]) => ({ path, content: bytes }));
  return items.flatMap(({ key, path, mode }) => {
    const bytes = content.get(key);
    if (bytes !== undefined) return [{ path, content: bytes, mode }];
    if (optional) return [];
    throw new Waiting(`${kind} ${name} has no key ${key}`);
  });
}

function downwardFiles(items: readonly DownwardFile[] | undefined, { pod, podIP }: VolumeContext): OneFile[] {
  return (items ?? []).map(({ path, fieldRef }) => ({
    path,
    content: Buffer.from(fieldOf(pod, fieldRef?.fieldPath ?? '', podIP)),
  }));
}
