/** The folders of the packages that a release publishes, from the root. */
export const publishedFolders: readonly string[] = [
  'packages/core',
  'packages/reconciler',
  'packages/liqo',
  'packages/gateway',
  'packages/lab',
  'packages/cli',
  'webhook',
  'controller',
];
