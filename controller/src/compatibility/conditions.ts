/**
 * The conditions of a ForeignClusterConnection and a VirtualNodeConnection, and every reason of their own. All are
 * positive: True is good. `Ready` has the reasons of the shortcut's, too.
 */
export const connectionReasons = {
  Accepted: {
    Accepted: 'A VirtualNodeShortcut carries it out; the message names it, and the fields that have no effect.',
    NameTaken: 'The name of its VirtualNodeShortcut belongs to another one, which is left alone.',
    Refused: 'The API server refused its VirtualNodeShortcut; the message says why. It is tried again.',
    Replacing: 'Its VirtualNodeShortcut is being deleted; after that one is made anew.',
    Deleting: 'Its VirtualNodeShortcut is being removed.',
  },
  Ready: {
    NotAccepted: 'The condition Accepted is not True.',
    Waiting: 'Its VirtualNodeShortcut has not said anything about the present spec yet.',
    Deleting: 'Its VirtualNodeShortcut is being removed.',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** Whether a connection is carried out. */
export type Acceptance = {
  readonly reason: keyof typeof connectionReasons.Accepted;
  readonly message: string;
};

/** One word for people: those that the Foreign Cluster Connector has. */
export type ConnectionPhase = 'Pending' | 'Connecting' | 'Connected' | 'Failed';
