/** The candidate that a mistyped name most likely meant; `undefined` when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const rated = [...candidates].map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  const [best] = rated.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return best !== undefined && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

/** How many letters to insert, delete or replace to come from one word to the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 0; column < b.length; column += 1) {
      const replaced = (previous[column] ?? 0) + (letter === b[column] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** ` (did you mean "rome"?)`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const found = nearest(name, candidates);
  return found === undefined ? '' : ` (did you mean "${found}"?)`;
}
