import { failed } from '../errors.ts';
import type { Terminal } from '../terminal.ts';

/** The text of a file that the user named. Throws a `CliError` that says what is wrong with it. */
export async function readFileForUser(terminal: Pick<Terminal, 'readText'>, file: string): Promise<string> {
  try {
    return await terminal.readText(file);
  } catch (error) {
    throw failed(`${file} cannot be read: ${reasonOf(error)}`, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you are not allowed to read it',
  EISDIR: 'it is a directory',
};

/** Whether a file could not be read for a reason that has a name. */
export function isFileError(error: unknown): boolean {
  return error instanceof Error && Object.hasOwn(reasons, (error as NodeJS.ErrnoException).code ?? '');
}

/** Why a file operation failed, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return reasons[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
