import { type GatewayClient, type LiqoObject, readClientEndpoint } from '@leafway/liqo';
import { type JsonPatchOperation, pointerKeys } from '@leafway/reconciler';
import { differenceOf } from '../difference.ts';
import { describeObject } from '../observation.ts';
import { fieldOf } from '../repair.ts';

/** Where the spec of a shortcut says what a field of a gateway shall be, by the field's JSON pointer. */
const wishes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  GatewayServer: {
    '/spec/mtu': 'mtu',
    '/spec/endpoint/serviceType': 'service.type',
    '/spec/endpoint/port': 'service.port',
    '/spec/endpoint/nodePort': 'service.nodePort',
    '/spec/endpoint/loadBalancerIP': 'service.loadBalancerIP',
    '/spec/serviceAnnotations': 'service.annotations',
    '/spec/serverTemplateRef/name': 'serverTemplateRef.name',
    '/spec/serverTemplateRef/namespace': 'serverTemplateRef.namespace',
  },
  GatewayClient: {
    '/spec/mtu': 'mtu',
    '/spec/endpoint/addresses': 'client.address',
    '/spec/endpoint/port': 'client.port',
    '/spec/clientTemplateRef/name': 'clientTemplateRef.name',
    '/spec/clientTemplateRef/namespace': 'clientTemplateRef.namespace',
  },
};

/**
 * What would be changed in the spec of an object that is there, each as what to write in the shortcut so that it stays
 * as it is; where a shortcut cannot say it, as what differs.
 */
export function wishDifferences(wanted: LiqoObject, found: LiqoObject, leaf: string): string[] {
  return differenceOf(wanted, found)
    .filter(({ path }) => path.startsWith('/spec') && !isSameDialled(path, wanted, found))
    .map((operation) => wayOut(operation, found, leaf));
}

function wayOut(operation: JsonPatchOperation, found: LiqoObject, leaf: string): string {
  const { path } = operation;
  const value = valueAt(found, path);
  const wish = wishes[found.kind]?.[path];
  const what = describeObject(found, leaf);
  if (wish === undefined) return `${what} has ${fieldOf(operation)}: ${text(value)}, which a shortcut cannot ask for`;
  const field = `spec.gateway.${wish}`;
  return value === undefined
    ? `leave ${field} out, since ${what} has none`
    : `set ${field} to ${text(Array.isArray(value) ? value[0] : value)}, as ${what} has it`;
}

/** Of several addresses only the first is ever dialled. */
function isSameDialled(path: string, wanted: LiqoObject, found: LiqoObject): boolean {
  if (path !== '/spec/endpoint/addresses') return false;
  const [there, here] = [wanted, found].map((client: GatewayClient) => readClientEndpoint(client)?.address);
  return there === here;
}

function valueAt(object: unknown, path: string): unknown {
  return pointerKeys(path).reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}

/** A leaf's words go into a status of ours and onto terminals: no longer ones, and no control characters. */
function text(value: unknown): string {
  const isPlain = typeof value === 'string' && /^[\w.:/-]+$/.test(value);
  const words = isPlain ? value : (JSON.stringify(value) ?? 'nothing');
  return words.length > 120 ? `${words.slice(0, 117)}…` : words;
}
