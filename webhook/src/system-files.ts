import { watch } from 'node:fs';
import type { FolderWatch } from './server/tls/follow-files.ts';

/** The file system's own notices. */
export const systemFolders: FolderWatch = {
  watch: (folder, onChange, onError) => {
    const watcher = watch(folder, { persistent: false }, onChange).on('error', onError);
    return () => watcher.close();
  },
};
