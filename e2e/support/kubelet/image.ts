/** What a container is started from. */
export interface Image {
  /** A directory of this machine with the root file system; it is never written to. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly user: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
}

/** Finds an image by the reference in a Pod, as `registry/name:tag`. Throws when there is none. */
export type Images = (reference: string) => Promise<Image>;
