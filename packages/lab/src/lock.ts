import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';

/** Gives a lock back. */
export type Release = () => Promise<void>;

/**
 * Takes the lock of a directory that exists, for this process; `undefined` while anybody holds it. The kernel gives it
 * back when the process ends, however that happens.
 */
export async function tryLock(directory: string): Promise<Release | undefined> {
  const { dev, ino } = await stat(directory, { bigint: true });
  // An abstract socket: its name is no file, and only one at a time can have it. Containers that share the machine's
  // network may have the same path for another directory, so the name is made of what the directory is.
  const server = createServer();
  if (!(await listens(server, `\0leafway-lock-${dev}-${ino}`))) return undefined;
  return () => new Promise((resolve) => void server.close(() => resolve()));
}

function listens(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(name, () => resolve(true));
  });
}
