import { parseDocument } from 'yaml';
import { KubeconfigRejected } from './kubeconfig-rejected.ts';

/** A map of the document; a real `Map`, so that no key can be mistaken for something of JavaScript's. */
export type Fields = ReadonlyMap<unknown, unknown>;

/** A kubeconfig with certificates has about 10 KiB. */
const maxBytes = 256 * 1024;

/** The document as a map. Refuses what is too large, not YAML, ambiguous (a key twice), tagged or aliased. */
export function readDocument(source: string): Fields {
  if (Buffer.byteLength(source) > maxBytes) throw new KubeconfigRejected('', `larger than ${maxBytes / 1024} KiB`);
  const root = parseYaml(source);
  if (!(root instanceof Map)) throw new KubeconfigRejected('', 'not a YAML map');
  if (root.get('kind') !== 'Config') throw new KubeconfigRejected('kind', 'not "Config"');
  if (root.get('apiVersion') !== 'v1') throw new KubeconfigRejected('apiVersion', 'not "v1"');
  return root;
}

/** The parser's own messages quote the text, which holds credentials: only its error code is passed on. */
function parseYaml(source: string): unknown {
  const document = parseDocument(source, { uniqueKeys: true, schema: 'core', merge: false, logLevel: 'error' });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) throw new KubeconfigRejected('', `not acceptable YAML (${problem.code})`);
  try {
    return document.toJS({ mapAsMap: true, maxAliasCount: 0 });
  } catch {
    throw new KubeconfigRejected('', 'not acceptable YAML (aliases are not allowed)');
  }
}

/** The map under `key` of the one entry of `list` that has that name. */
export function entry(document: Fields, list: string, key: string, name: string): Fields {
  const entries = document.get(list);
  if (!Array.isArray(entries)) throw new KubeconfigRejected(list, 'not a list');
  const named = entries.filter((each) => each instanceof Map && each.get('name') === name);
  if (named.length === 0)
    throw new KubeconfigRejected(list, 'no entry has the name that the current context refers to');
  if (named.length > 1)
    throw new KubeconfigRejected(list, 'several entries have the name that the current context refers to');
  const fields: unknown = named[0].get(key);
  if (!(fields instanceof Map)) throw new KubeconfigRejected(`${list}[].${key}`, 'not a map');
  return fields;
}

/** The non-empty string under that name. */
export function text(fields: Fields, name: string, field: string): string {
  const value = fields.get(name);
  if (value === undefined || value === null || value === '') throw new KubeconfigRejected(field, 'missing');
  if (typeof value !== 'string') throw new KubeconfigRejected(field, 'not a string; quote it');
  return value;
}

/** Why the fields that people do write are refused. */
const reasons: Readonly<Record<string, string>> = {
  exec: 'programs are not run for a kubeconfig; use a token or client-certificate-data',
  'auth-provider': 'auth providers are not used; use a token or client-certificate-data',
  'certificate-authority': 'files are not read; use certificate-authority-data',
  'client-certificate': 'files are not read; use client-certificate-data',
  'client-key': 'files are not read; use client-key-data',
  tokenFile: 'files are not read; use token',
  'insecure-skip-tls-verify': 'TLS is always verified; use certificate-authority-data',
};

/** Throws for the first field that is not in `allowed`. */
export function refuseOthers(fields: Fields, at: string, allowed: readonly string[]): void {
  for (const name of fields.keys()) {
    if (typeof name !== 'string') throw new KubeconfigRejected(at, 'has a key that is not a string');
    if (allowed.includes(name)) continue;
    const reason = Object.hasOwn(reasons, name) ? reasons[name] : undefined;
    throw new KubeconfigRejected(`${at}.${printable(name)}`, reason ?? `only ${allowed.join(', ')} are accepted`);
  }
}

/** The name of a field goes into conditions and logs: short, and nothing that a terminal would obey. */
function printable(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 64);
}
