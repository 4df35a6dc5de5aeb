/** A key as one segment of a JSON pointer (RFC 6901), for the path of a JSON Patch: `a/b` is `a~1b`. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
