/** A program that an image is made of: its entry, and where its file goes below the image's folder. */
export interface ImageProgram {
  readonly entry: string;
  readonly output: string;
}

/** What goes into one image. */
export interface ImageContents {
  /** The folder of the package whose manifest tells the version. */
  readonly folder: string;
  readonly programs: readonly ImageProgram[];
}

/** The images and their programs. The agent's helpers are processes of their own, in folders beside it as in its package. */
export const imageContents: Readonly<Record<string, ImageContents>> = {
  webhook: { folder: 'webhook', programs: [{ entry: 'src/main.ts', output: 'dist/main.js' }] },
  controller: { folder: 'controller', programs: [{ entry: 'src/main.ts', output: 'dist/main.js' }] },
  agent: {
    folder: 'packages/gateway',
    programs: [
      { entry: 'src/main.ts', output: 'dist/main.js' },
      { entry: 'src/ping/main.ts', output: 'ping/main.js' },
      { entry: 'src/probe/main.ts', output: 'probe/main.js' },
    ],
  },
};
