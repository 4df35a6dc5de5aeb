import { type Document, parseAllDocuments } from 'yaml';
import { failed } from '../errors.ts';

/** One object of a file, as far as every object has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/**
 * The objects in a text of YAML or JSON: several documents, Lists taken apart. YAML is read as kubectl does, where `on`
 * and `y` are no strings. Throws a `CliError` that names the document.
 */
export function readManifests(text: string, file: string): Manifest[] {
  const documents = parseAllDocuments(text, { version: '1.1', logLevel: 'error' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) => {
    const at = documents.length > 1 ? `${file}, document ${index + 1}` : file;
    const [error] = document.errors;
    if (error !== undefined) throw failed(`${at} is not YAML: ${error.message.split('\n', 1)[0]}`);
    return objectsIn(contentOf(document, at), at);
  });
}

/** Aliases that multiply without end, for example, are found only here. */
function contentOf(document: Document.Parsed, at: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw failed(`${at} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function objectsIn(value: unknown, at: string): Manifest[] {
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) throw failed(`${at} is no Kubernetes object: it is not a map`);
  const { apiVersion, kind, metadata, items } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw failed(`${at} is no Kubernetes object: apiVersion and kind are needed`);
  if (kind === 'List' && Array.isArray(items)) return items.flatMap((item) => objectsIn(item, at));
  if (!isRecord(metadata) || typeof metadata.name !== 'string')
    throw failed(`${at}: metadata.name of the ${kind} is needed, as a string`);
  return [value as unknown as Manifest];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
