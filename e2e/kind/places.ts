/** Where a story finds and keeps things. */
export interface StoryPlaces {
  /** The root of the repository. */
  readonly repository: string;
  /** Where kubeconfigs are kept; it exists, and is the story's own. */
  readonly directory: string;
  /** How the command line is started. */
  readonly leafway: readonly string[];
}

/** The clusters, as Liqo calls them. */
export const centre = 'central';
export const leaves = ['rome', 'milan'] as const;
/** What kind calls a cluster. */
export const nameOf = (cluster: string): string => `leafway-${cluster}`;

/** The administrator's kubeconfig of a cluster. */
export const kubeconfig = ({ directory }: StoryPlaces, cluster: string): string => `${directory}/${cluster}.kubeconfig`;
/** A file of `manifests`. */
export const manifest = ({ repository }: StoryPlaces, name: string): string =>
  `${repository}/e2e/kind/manifests/${name}.yaml`;
/** A command to one of the clusters. */
export const kubectl = (places: StoryPlaces, cluster: string, ...args: string[]): string[] => [
  ...['kubectl', `--kubeconfig=${kubeconfig(places, cluster)}`],
  ...args,
];
