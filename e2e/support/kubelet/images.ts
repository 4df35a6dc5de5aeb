import { join } from 'node:path';
import { type AssembledImage, assembleImage, imageNames } from '../images/assemble-image.ts';

/** Finds an image by the reference in a Pod, as `registry/name:tag`. Rejects when there is none. */
export type Images = (reference: string) => Promise<AssembledImage>;

/**
 * Our own images, whatever their registry and tag: each is assembled below `directory` when it is first asked for, from
 * this checkout or another.
 */
export function ownImages(directory: string, checkout?: string): Images {
  const assembled = new Map<string, Promise<AssembledImage>>();
  return (reference) => {
    const name = imageNames.find((one) => new RegExp(`(^|/)${one}(:|@|$)`).test(reference));
    if (name === undefined) return Promise.reject(new Error(`there is no image ${reference}`));
    const known = assembled.get(name) ?? assembleImage({ name, directory: join(directory, name), checkout });
    assembled.set(name, known);
    return known;
  };
}
