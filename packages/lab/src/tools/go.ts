import { join } from 'node:path';
import { architectureOf, type GoBuild, goDownload } from './catalogue.ts';
import { downloadFile } from './download.ts';
import { pathDirectories } from './find.ts';
import type { Machine } from './ports.ts';
import type { Progress } from './progress.ts';
import { versions } from './versions.ts';

/** From this minor version on, Go fetches by itself the newer toolchain that a go.mod file asks for. */
const oldestUsefulMinor = 21;

/** The surroundings of a build. */
export interface GoContext {
  readonly machine: Machine;
  /** Where unfinished things are, on the file system of the cache so that a rename finishes them. */
  readonly scratch: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Finds a Go that can build the tools in PATH or where its installer puts it. */
export async function findGo(machine: Machine): Promise<string | undefined> {
  for (const directory of [...pathDirectories(machine), '/usr/local/go/bin']) {
    const path = join(directory, 'go');
    if (!(await machine.files.isExecutable(path))) continue;
    const answer = await machine.run(path, ['version']);
    const minor = Number(/go version go1\.(\d+)/.exec(answer.stdout)?.[1] ?? 0);
    if (minor >= oldestUsefulMinor) return path;
  }
  return undefined;
}

/**
 * Makes sure of a Go in `cache/go`: the official distribution of the pinned version, downloaded once.
 * Throws when it cannot be had.
 */
export async function downloadGo(cache: string, { machine, progress, scratch, signal }: GoContext): Promise<string> {
  const installed = join(cache, 'go', 'bin', 'go');
  if (await machine.files.isExecutable(installed)) return installed;
  const architecture = architectureOf(machine.architecture);
  if (architecture === undefined) throw new Error(`there is no Go to download for ${machine.architecture}`);
  const download = goDownload(architecture);
  const step = progress.begin(`Go ${versions.go}`, 'downloading');
  const place = await machine.files.makeTemporaryDirectory(join(scratch, 'go-'));
  try {
    const archive = join(place, 'go.tar.gz');
    await downloadFile(download, archive, { machine, onProgress: step.advance, signal });
    await unpack(archive, place, [], machine);
    await machine.files.remove(join(cache, 'go'));
    await machine.files.rename(join(place, 'go'), join(cache, 'go'));
    step.end('downloaded');
    return installed;
  } catch (error) {
    step.end('not downloaded');
    throw error;
  } finally {
    await machine.files.remove(place);
  }
}

/** Unpacks members of a compressed tar archive, or all of it, into a directory. Throws with tar's message. */
export async function unpack(
  archive: string,
  directory: string,
  members: readonly string[],
  machine: Machine,
): Promise<void> {
  const answer = await machine.run('tar', ['-xzf', archive, '-C', directory, ...members]);
  if (answer.code !== 0) throw new Error(`unpacking ${archive} failed: ${answer.stderr.trim()}`);
}

/**
 * Builds a tool into the file `output`. `sources` is the folder that holds the go.mod folders; its go.sum files pin
 * every module by checksum. Throws with the end of the compiler's message.
 */
export async function buildWithGo(
  go: string,
  build: GoBuild,
  output: string,
  sources: string,
  { machine, signal }: GoContext,
): Promise<void> {
  const variables = Object.entries(build.variables).map(([name, value]) => `-X ${name}=${value}`);
  const linker = ['-s', '-w', ...variables].join(' ');
  const answer = await machine.run(go, ['build', '-trimpath', '-ldflags', linker, '-o', output, build.package], {
    directory: join(sources, build.folder),
    environment: {
      CGO_ENABLED: '0',
      GOWORK: 'off',
      // Distributions switch this off; the go.mod files may name a newer Go than theirs.
      GOTOOLCHAIN: machine.environment.GOTOOLCHAIN ?? 'auto',
    },
    signal,
  });
  if (answer.code === 0) return;
  const lastLines = answer.stderr.trim().split('\n').slice(-5).join('\n    ');
  throw new Error(`\`go build ${build.package}\` failed:\n    ${lastLines}`);
}
