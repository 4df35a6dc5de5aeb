import type { ApiError } from '../api/errors.ts';
import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import { describeTarget } from '../api/paths.ts';
import { unexpected } from '../api/translate.ts';
import { objectKey } from '../objects/object-key.ts';

/** A server that always has one more must not fill the memory. Its pages may be smaller than asked for. */
export const mostListed = { objects: 100_000, bytes: 256 * 1024 * 1024, pages: 1_000 };

/** What a list has brought so far. */
export class Listing<T extends KubeObject> {
  readonly #type: ResourceType;
  readonly #objects = new Map<string, T>();
  /** All that came, also what came again. */
  #count = 0;
  #bytes = 0;
  #pages = 0;

  constructor(type: ResourceType) {
    this.#type = type;
  }

  /** Throws when it is too much. */
  add(objects: readonly T[], bytes = 0): void {
    this.#count += objects.length;
    this.#bytes += bytes;
    if (this.#count > mostListed.objects || this.#bytes > mostListed.bytes) throw tooMuch(this.#type);
    for (const object of objects) this.#objects.set(objectKey(object), object);
  }

  addPage(objects: readonly T[], bytes: number | undefined): void {
    this.#pages += 1;
    if (this.#pages > mostListed.pages) throw tooMuch(this.#type);
    this.add(objects, bytes);
  }

  delete(object: T): void {
    this.#objects.delete(objectKey(object));
  }

  get items(): T[] {
    return [...this.#objects.values()];
  }
}

/** More than a cache will hold. */
export function tooMuch(type: ResourceType): ApiError {
  const { objects, bytes, pages } = mostListed;
  const limits = `${objects} objects, ${bytes / 1024 / 1024} MiB or ${pages} pages`;
  const message = `the list goes on after ${limits}: follow fewer, by namespace or selector`;
  return unexpected(`list ${describeTarget(type)}`, message);
}
