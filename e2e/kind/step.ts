/** What was saved by the steps so far, by name. */
export type Values = Readonly<Record<string, string>>;

/** One command of the story; `{rome.address}` in an argument stands for what an earlier step saved under that name. */
export interface Step {
  /** For people, as it begins: `create the cluster rome`. */
  readonly what: string;
  readonly command: readonly string[];
  /** What it prints is written to this file instead of being shown. */
  readonly file?: string;
  /** What it prints is saved under this name. */
  readonly saves?: string;
  /** What it has to print, as a regular expression. */
  readonly expects?: string;
  /** It is tried again until it succeeds, and prints what is expected, for so long. */
  readonly forSeconds?: number;
  /** Computed from what was saved, and saved under these names, before the command runs. */
  readonly derive?: (values: Values) => Values;
  /** Takes back what the command makes; run at the end in any case, also when the command failed half way. */
  readonly undo?: readonly string[];
  /** It does itself what the `undo` of that step would do. */
  readonly takesBack?: string;
}

/** The command with everything filled in. Throws for a name that nothing was saved under. */
export function fillIn(command: readonly string[], values: Values): string[] {
  return command.map((part) =>
    part.replaceAll(/\{([a-z]+\.\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`${command.join(' ')}: no step has saved ${name}`);
      return value;
    }),
  );
}
