/** A key as one segment of a JSON pointer (RFC 6901), for the path of a JSON Patch: `a/b` is `a~1b`. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The keys that a JSON pointer leads through: `/a~1b/c` are `a/b` and `c`. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
