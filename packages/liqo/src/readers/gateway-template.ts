import type { GatewayTemplate } from '../api/types.ts';

/** A wish of a gateway object that its template may pass on to what is made from it, or not. */
export type ForwardedField = 'address' | 'loadBalancerIP' | 'mtu' | 'nodePort' | 'port';

/** A template, as far as a gateway that is to be made from it depends on it. Its names are as the cluster gives them. */
export interface GatewayTemplateReading {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly forwards: readonly ForwardedField[];
}

/** Reads a template; that takes as long as the template is. */
export function readGatewayTemplate(template: GatewayTemplate): GatewayTemplateReading {
  const { namespace = '', name } = template.metadata;
  return { kind: template.kind, namespace, name, forwards: forwardedFields(template) };
}

/** Fields of `spec` of a gateway as templates write them, and what we call them. */
const variables: readonly { readonly field: ForwardedField; readonly path: readonly string[] }[] = [
  { field: 'address', path: ['Spec', 'Endpoint', 'Addresses'] },
  { field: 'loadBalancerIP', path: ['Spec', 'Endpoint', 'LoadBalancerIP'] },
  { field: 'mtu', path: ['Spec', 'MTU'] },
  { field: 'nodePort', path: ['Spec', 'Endpoint', 'NodePort'] },
  { field: 'port', path: ['Spec', 'Endpoint', 'Port'] },
];

/** A template is a few levels deep; whoever nests further gets no attention there. */
const deepest = 32;

/**
 * Which wishes a template passes on: those whose variable stands in one of its texts. In doubt it does: where the whole
 * `.Spec` or `.Spec.Endpoint` is handed to something, or a field is named behind a `with`, nothing can be excluded.
 */
function forwardedFields({ spec }: GatewayTemplate): ForwardedField[] {
  const named = textsIn(spec?.template, 0).flatMap(pathsIn);
  return variables.filter(({ path }) => named.some((found) => mayMean(found, path))).map(({ field }) => field);
}

function textsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === deepest) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner, depth + 1));
}

/** `{{ .Spec.Endpoint.Port }}` → `Spec`, `Endpoint`, `Port`; a text may hold several. Linear in the text: it is a leaf's. */
function pathsIn(text: string): string[][] {
  const expressions = text.split('{{').slice(1);
  return expressions.flatMap((begun) => {
    const [expression = ''] = begun.split('}}', 1);
    return (expression.match(/(?:\.\w+)+/g) ?? []).map((path) => path.slice(1).split('.'));
  });
}

/** The path is the variable itself, the end of it (behind a `with`), or an object that holds it. */
function mayMean(found: readonly string[], path: readonly string[]): boolean {
  const isPrefix = found.every((part, index) => part === path[index]);
  const isSuffix = found.every((part, index) => part === path[path.length - found.length + index]);
  return isPrefix || isSuffix;
}
