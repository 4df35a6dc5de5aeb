import { resolve } from 'node:path';
import type { KubeConfig, User } from '@kubernetes/client-node';
import { parse } from 'yaml';

/**
 * client-node's `KubeConfig` that also knows `users[].user.tokenFile`, as kubectl does. It becomes the provider by
 * which client-node itself reads the token of a pod, so that a rotated file is read again.
 */
export function withTokenFiles(Base: typeof KubeConfig): typeof KubeConfig {
  return class extends Base {
    override loadFromString(text: string, ...rest: unknown[]): void {
      super.loadFromString(text, ...(rest as []));
      const tokenFiles = readTokenFiles(text);
      this.users = this.users.map((user) => withTokenFile(user, tokenFiles.get(user.name)));
    }

    override makePathsAbsolute(folder: string): void {
      super.makePathsAbsolute(folder);
      this.users = this.users.map((user) => {
        const tokenFile: unknown = user.authProvider?.config?.tokenFile;
        return withTokenFile(user, typeof tokenFile === 'string' ? resolve(folder, tokenFile) : undefined);
      });
    }
  };
}

/** As in kubectl, the file wins over a token that stands beside it. */
function withTokenFile(user: User, tokenFile: string | undefined): User {
  if (tokenFile === undefined) return user;
  return { ...user, authProvider: { name: 'tokenFile', config: { tokenFile } } };
}

function readTokenFiles(text: string): Map<string, string> {
  const { users = [] } = parse(text) as { users?: { name?: unknown; user?: { tokenFile?: unknown } }[] };
  const pairs = users.map(({ name, user }) => [name, user?.tokenFile]);
  return new Map(pairs.filter((pair): pair is [string, string] => pair.every((each) => typeof each === 'string')));
}
