import type { ApiError } from '../api/errors.ts';
import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import { describeTarget } from '../api/paths.ts';
import { unexpected } from '../api/translate.ts';
import { objectKey } from '../objects/object-key.ts';

/** How much a server may list. */
export interface ListLimits {
  readonly objects: number;
  readonly bytes: number;
}

/** A server that always has one more must not fill the memory. */
export const mostListed: ListLimits = { objects: 100_000, bytes: 256 * 1024 * 1024 };

/** Pages may be smaller than asked for. */
const smallestPage = 100;

/** What a list has brought so far. */
export class Listing<T extends KubeObject> {
  readonly #type: ResourceType;
  readonly #limits: ListLimits;
  readonly #objects = new Map<string, T>();
  /** All that came, also what came again. */
  #count = 0;
  #bytes = 0;
  #pages = 0;

  constructor(type: ResourceType, limits: ListLimits = mostListed) {
    this.#type = type;
    this.#limits = limits;
  }

  /** Throws when it is too much. */
  add(objects: readonly T[], bytes = 0): void {
    this.#count += objects.length;
    this.#bytes += bytes;
    const { objects: most, bytes: mostBytes } = this.#limits;
    if (this.#count > most || this.#bytes > mostBytes) throw tooMuch(this.#type, this.#limits);
    for (const object of objects) this.#objects.set(objectKey(object), object);
  }

  addPage(objects: readonly T[], bytes: number | undefined): void {
    this.#pages += 1;
    if (this.#pages > this.#limits.objects / smallestPage) throw tooMuch(this.#type, this.#limits);
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
export function tooMuch(type: ResourceType, { objects, bytes }: ListLimits): ApiError {
  const limits = `${objects} objects, ${bytes / 1024 / 1024} MiB or ${objects / smallestPage} pages`;
  const message = `the list goes on after ${limits}: follow fewer, by namespace or selector`;
  return unexpected(`list ${describeTarget(type)}`, message);
}
