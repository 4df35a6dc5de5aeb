/** The URLs of the programs that the lab starts as processes of their own. */
export function programMains(): { agent: string; webhook: string; controller: string } {
  return {
    agent: mainOf('@leafway/gateway'),
    webhook: mainOf('@leafway/webhook'),
    controller: mainOf('@leafway/controller'),
  };
}

function mainOf(packageName: string): string {
  return mainBeside(import.meta.resolve(packageName));
}

/** A package's program stands beside the module that its name leads to, in the sources as well as built. */
export function mainBeside(index: string): string {
  return index.replace(/\/index\.(ts|js)$/, '/main.$1');
}
