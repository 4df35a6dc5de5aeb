/**
 * The conditions of a VirtualNodeShortcut in the order in which they become true, and every reason they can have.
 * All are positive: True is good. `Ready` is computed from the others.
 */
export const conditionTypes = [
  'Accepted',
  'LeavesReachable',
  'NetworkConfigured',
  'GatewaysReady',
  'KeysExchanged',
  'Connected',
  'Ready',
] as const;

/** One of `conditionTypes`. */
export type ConditionType = (typeof conditionTypes)[number];

/** Stable words for machines, each with what it stands for; the message of a condition is for people. */
export const reasons = {
  Accepted: {
    Accepted: 'The shortcut is carried out; the message says who runs the gateway server, and why.',
    Conflicted:
      'Another shortcut has what this one wants; the message names it. It is looked at again when that one goes or changes.',
    Invalid: 'What the spec asks for cannot be had; the message names each field and a way out.',
    Adopting: 'A link that somebody else made is taken over; the message names each object of it.',
    Observing:
      'Only the state of a link is shown that somebody else made, or may make; nothing is changed on the leaves.',
    LinkExists: 'A link of the two leaves is there already, and it is not ours; the message says in which state it is.',
    NotAdoptable: 'A link of somebody else cannot be taken over as it is; the message says why, and what to do.',
    DirectPathUnavailable:
      'Neither leaf may run a gateway server, so there is no direct way; traffic stays on the path through the centre.',
    CleanupPending: 'An earlier link of the pair is not removed from a leaf yet; its LeafCluster says why.',
    FactsUnknown: 'The networks of a leaf are not known yet.',
  },
  LeavesReachable: {
    AllReachable: 'Both leaves answer, and are who they were.',
    LeafUnreachable: 'A leaf does not answer, refuses the credentials, or is another cluster than it was.',
    LeafUnknown: 'There is no LeafCluster of that name.',
  },
  NetworkConfigured: {
    Configured: 'Each leaf has names for the ranges of the other.',
    WaitingForConfiguration: 'A leaf has not given names to the ranges of the other yet.',
    NamespaceAmbiguous: 'Several namespaces of a leaf are labelled as the tenant namespace of the other.',
    RemoteCIDRsDiffer: 'A Configuration that is not ours has other ranges than the other leaf has today.',
    RangesChanged:
      'The ranges of a leaf are others than they were when the link was made, and the other leaf does not follow.',
    NamesDiffer: 'A leaf gave other names than the spec asks for.',
    LeafNotRead: 'The leaf was not read since the controller started.',
  },
  GatewaysReady: {
    Ready: 'The server has an address and the client dials it.',
    WaitingForServer: 'The gateway server has no address yet.',
    DirectPathUnavailable:
      'No gateway server got an address, on either leaf that may have one; traffic stays on the path through the centre.',
    WaitingForClient: 'The gateway client is not up yet.',
    RolesClash: 'Somebody else made gateways that cannot work together; the message of Accepted says what is done.',
    GatewayProblem: 'A leaf cannot make its gateway as it should be; the message says why, and what to do.',
    LeafNotRead: 'The leaf was not read since the controller started.',
  },
  KeysExchanged: {
    Exchanged: 'Each gateway has the public key of the other.',
    WaitingForKey: 'A gateway has not published its key yet, or not taken that of the other.',
    LeafNotRead: 'The leaf was not read since the controller started.',
  },
  Connected: {
    Connected: 'Packets pass through the tunnel, both ways.',
    WaitingForConnection: 'A gateway has not reported on the connection yet.',
    ConnectionError: 'A gateway reports that the other does not answer.',
    ConnectionStale: 'A gateway has not reported for too long; what it said last counts no more.',
    WaitingForProbe: 'The way from pod network to pod network is being tried.',
    ProbeFailed: 'The tunnel is up, but packets do not pass from pod network to pod network.',
    LargePacketsLost: 'Small packets pass from pod network to pod network, and packets of the size of the MTU do not.',
    OneWay: 'Probes of one leaf are answered, and those of the other are not.',
    Unstable: 'The link failed more than three times in ten minutes, and has not been as it is for two minutes yet.',
    DirectPathUnavailable:
      'Every gateway server that is possible was tried, and none was reached; traffic stays on the path through the centre.',
    LeafNotRead: 'The leaf was not read since the controller started.',
  },
  Ready: {
    Ready: 'The direct tunnel carries traffic.',
    NotReady: 'Another condition is not True; the message is that of the first.',
    Degraded: 'As NotReady, of a link that worked before, or works in part.',
    RepairLoop:
      'Somebody changes objects of the link as often as they are brought back, so that is done ever less often.',
    LeafError: 'A leaf refused something that the controller asked of it; it is tried again.',
    Paused: 'spec.paused is set; nothing is changed on the leaves.',
    Deleting: 'What the leaves have of the shortcut is being removed.',
  },
} as const satisfies Record<ConditionType, Readonly<Record<string, string>>>;

/** One verdict, before it has a time. */
export type Verdict = {
  [T in ConditionType]: {
    readonly type: T;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: keyof (typeof reasons)[T];
    readonly message: string;
  };
}[ConditionType];

/** One word for people, in `kubectl get vns`. */
export const phases = ['Refused', 'Waiting', 'Connecting', 'Ready', 'Degraded', 'Paused', 'Deleting'] as const;

/** One of `phases`. */
export type Phase = (typeof phases)[number];
