type Fields = Record<string, unknown>;

/**
 * What server-side apply by one manager comes to: `next` is merged into `target`, and fields of `previous`, this
 * manager's last apply, that `next` lacks are taken away. Maps are merged, lists are replaced as a whole.
 */
export function mergeApplied(target: Fields, previous: Fields, next: Fields): void {
  for (const [key, before] of Object.entries(previous)) {
    if (!Object.hasOwn(next, key)) withdraw(target, key, before);
  }
  for (const [key, value] of Object.entries(next)) {
    const [inTarget, inPrevious] = [target[key], previous[key]];
    if (isMap(value) && isMap(inTarget)) mergeApplied(inTarget, isMap(inPrevious) ? inPrevious : {}, value);
    else target[key] = structuredClone(value);
  }
}

function withdraw(target: Fields, key: string, before: unknown): void {
  const value = target[key];
  if (!isMap(before) || !isMap(value)) {
    delete target[key];
    return;
  }
  mergeApplied(value, before, {});
  if (Object.keys(value).length === 0) delete target[key];
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
