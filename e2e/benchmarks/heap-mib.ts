/** What this process can reach, in the heap and beside it; it has to run with `--expose-gc`. */
export function heapMib(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}
