import { join } from 'node:path';
import { isDiskFull } from '../disk-space.ts';
import { architectureOf, type Tool } from './catalogue.ts';
import { downloadFile } from './download.ts';
import { type Attempt, versionOf } from './find.ts';
import { buildWithGo, downloadGo, findGo, type GoContext, unpack } from './go.ts';

/** What is needed to bring tools into the cache. */
export interface ObtainContext extends GoContext {
  /** The cache of this version. */
  readonly cache: string;
  /** Where finished tools go. */
  readonly directory: string;
  /** The folder that holds the go.mod folders. */
  readonly sources: string;
}

/** Downloads a tool from its project's own site, checks the published sum, and puts it into the cache. */
export async function downloadTool(tool: Tool, context: ObtainContext): Promise<Attempt> {
  const { machine, progress, signal } = context;
  const architecture = architectureOf(machine.architecture);
  if (tool.download === undefined || architecture === undefined) {
    return { refusal: `there is no official download for ${machine.architecture}` };
  }
  const download = tool.download(architecture);
  const step = progress.begin(tool.name, `downloading from ${new URL(download.url).host}`);
  try {
    const path = await putIntoCache(tool, context, async (scratch) => {
      const received = join(scratch, 'download');
      await downloadFile(download, received, { machine, onProgress: step.advance, signal });
      if (download.archiveMember === undefined) return received;
      await unpack(received, scratch, [download.archiveMember], machine);
      return join(scratch, download.archiveMember);
    });
    step.end('downloaded');
    return { path };
  } catch (error) {
    const refusal = `not downloaded: ${reasonOf(error)}`;
    step.end(refusal);
    signal?.throwIfAborted();
    if (isDiskFull(error)) throw error;
    return { refusal };
  }
}

/** Builds tools one after the other, for a compiler keeps the whole machine busy. */
export async function buildTools(tools: readonly Tool[], context: ObtainContext): Promise<Map<Tool, Attempt>> {
  const attempts = new Map<Tool, Attempt>();
  if (tools.length === 0) return attempts;
  let go: string;
  try {
    go = (await findGo(context.machine)) ?? (await downloadGo(context.cache, context));
  } catch (error) {
    context.signal?.throwIfAborted();
    if (isDiskFull(error)) throw error;
    const refusal = `not built: there is no Go 1.21 or newer in PATH, and ${reasonOf(error)}`;
    return new Map(tools.map((tool) => [tool, { refusal }]));
  }
  for (const tool of tools) attempts.set(tool, await buildTool(tool, go, context));
  return attempts;
}

async function buildTool(tool: Tool, go: string, context: ObtainContext): Promise<Attempt> {
  const step = context.progress.begin(tool.name, 'building with Go');
  try {
    const path = await putIntoCache(tool, context, async (scratch) => {
      const output = join(scratch, tool.name);
      await buildWithGo(go, tool.build, output, context.sources, context);
      return output;
    });
    step.end('built');
    return { path };
  } catch (error) {
    step.end('not built');
    context.signal?.throwIfAborted();
    if (isDiskFull(error)) throw error;
    return { refusal: `not built: ${reasonOf(error)}` };
  }
}

/** Runs `make` with a directory of its own, asks the file it made for its version, and moves it to its place at once. */
async function putIntoCache(
  tool: Tool,
  { machine, directory, scratch }: ObtainContext,
  make: (place: string) => Promise<string>,
): Promise<string> {
  const place = await machine.files.makeTemporaryDirectory(join(scratch, `${tool.name}-`));
  try {
    const made = await make(place);
    await machine.files.makeExecutable(made);
    const version = await versionOf(tool, made, machine);
    if (version === undefined) throw new Error(`${tool.name} does not run on this machine`);
    if (tool.version !== undefined && version !== tool.version) throw new Error(`it is version ${version}`);
    const path = join(directory, tool.name);
    await machine.files.rename(made, path);
    return path;
  } finally {
    await machine.files.remove(place);
  }
}

/** The innermost cause of an error: `fetch failed` alone helps nobody. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
