/** Every code that this package reports, in an error or in a problem, and what it stands for. Codes are stable. */
export const coreCodes = {
  CORE_ADDRESS_SYNTAX: 'The text is not an IP address.',
  CORE_ADDRESS_SHORT: 'An IPv4 address has fewer than four parts.',
  CORE_ADDRESS_LEADING_ZERO: 'A part of an IPv4 address has a leading zero, which some programs read as octal.',
  CORE_ADDRESS_OUT_OF_RANGE: 'A part of an address is too large.',
  CORE_ADDRESS_ZONE: 'An IPv6 address carries a zone, which has no meaning on another machine.',
  CORE_ADDRESS_MAPPED: 'An IPv4 address is written as an IPv6 address.',
  CORE_CIDR_SYNTAX: 'The text is not a range in CIDR notation.',
  CORE_CIDR_NO_LENGTH: 'A range lacks the slash and the prefix length.',
  CORE_CIDR_LENGTH_RANGE: 'A prefix length is larger than the address.',
  CORE_CIDR_HOST_BITS: 'A range does not begin at its network address.',
  CORE_RANGE_MISMATCH: 'Two ranges that stand for each other differ in length or family.',
  CORE_ADDRESS_OUTSIDE: 'An address is not in the range that it is mapped from.',

  CORE_FIELD_UNKNOWN: 'An object has a field that its kind does not have; the API server says so in words of its own.',

  CORE_SELF_PAIR: 'Both ends of a shortcut are the same cluster.',
  CORE_CENTRE_ENDPOINT: 'The central cluster is an end of a shortcut.',
  CORE_LEAF_UNKNOWN: 'There is no LeafCluster of that ID.',
  CORE_LEAF_LEAVING: 'A LeafCluster that is being deleted is named by a new shortcut.',
  CORE_PAIR_TAKEN: 'Another shortcut links the same two clusters.',
  CORE_PAIR_LEAVING: 'Another shortcut of the same two clusters is still being deleted.',
  CORE_PAIR_CHANGED: 'A shortcut is changed to link other clusters.',
  CORE_OWN_LINK: 'A shortcut that has a link of its own is changed to observe one only.',
  CORE_SHORTCUT_LEAVING: 'The spec of a shortcut is changed while it is being deleted.',
  CORE_MTU_RANGE: 'The MTU is outside what WireGuard and IPv6 allow.',
  CORE_SERVER_NOT_IN_PAIR: 'The wished server is neither of the two clusters.',
  CORE_SERVER_MAY_NOT_SERVE: 'The wished server may not run gateway servers.',
  CORE_NO_SERVER: 'Neither of the two clusters may run a gateway server.',
  CORE_TEMPLATE_UNKNOWN: 'There is no gateway template of that name on the cluster that is to use it.',
  CORE_TEMPLATE_UNUSED: 'A gateway template is named for a cluster whose gateways are made without templates.',
  CORE_TEMPLATE_FIELD: 'The gateway template does not pass on a field that is set.',
  CORE_POD_RANGES_LIQO: 'A Liqo before 1.2 is to reach several pod ranges of one cluster.',
  CORE_ANNOTATIONS_LIQO: 'A Liqo before 1.2 is to annotate the Service of a gateway.',
  CORE_NODE_PORT_TAKEN: 'Another shortcut has the same node port on the same cluster.',
  CORE_LOAD_BALANCER_IP_TAKEN: 'Another shortcut has the same load balancer address on the same cluster.',

  CORE_FACTS_UNKNOWN: 'The networks of a leaf cluster are not gathered yet.',
  CORE_FACTS_MALFORMED: 'The recorded networks of a leaf cluster contain a malformed range.',

  CORE_MAPPING_CLUSTER: 'An explicit mapping is about another cluster, or a second one about the same.',
  CORE_MAPPING_LIQO: "A mapping is asked of Liqo's IPAM, which chooses by itself.",
  CORE_MAPPING_MALFORMED: 'An explicit range is malformed.',
  CORE_MAPPING_COUNT: 'There are more or fewer explicit ranges than ranges to map.',
  CORE_MAPPING_LENGTH: 'An explicit range differs in length or family from the one it stands for.',
  CORE_MAPPING_UNUSABLE: 'No pod can be reached under an explicit range.',
  CORE_MAPPING_OVERLAP: 'A range would overlap one that is in use.',
  CORE_MAPPING_EXHAUSTED: 'No free range of the needed length is left.',
} as const;

/** A code of this package; see {@link coreCodes}. */
export type CoreCode = keyof typeof coreCodes;

/** Something wrong with an object, for the person who wrote it: where, what, and a way out. */
export interface Problem {
  /** The field, like `spec.clusters[0].id`. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** The other shortcut, where there would be no problem without it. */
  readonly rival?: { readonly name: string };
}

/** A problem of this package. */
export function problem(path: string, code: CoreCode, message: string, rival?: { readonly name: string }): Problem {
  return { path, code, message, ...(rival === undefined ? {} : { rival: { name: rival.name } }) };
}

/** What this package throws where a value is no option: `code` is stable, `message` is for people. */
export class CoreError extends Error {
  override readonly name = 'CoreError';
  readonly code: CoreCode;

  constructor(code: CoreCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether a caught value is a {@link CoreError}, also when it comes from another copy of this package. */
export function isCoreError(value: unknown): value is CoreError {
  return value instanceof Error && value.name === 'CoreError';
}

/** The outcome of parsing: the value, or why there is none. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: CoreCode; readonly message: string };

/** Turns the outcome of parsing into its value. Throws a {@link CoreError} when there is none. */
export function valueOrThrow<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new CoreError(parsed.code, parsed.message);
  return parsed.value;
}

/** A failed outcome of parsing. */
export function failure(code: CoreCode, message: string): Parsed<never> {
  return { ok: false, code, message };
}
