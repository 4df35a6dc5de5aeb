import type { Problem } from '@leafway/core';

/** One line for each problem, with the field that it is about, as kubectl prints a refusal. */
export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map(({ path, message }) => `  ${path}: ${message}`);
}
