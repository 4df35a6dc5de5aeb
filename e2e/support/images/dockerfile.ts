/** One instruction of a Dockerfile, its continued lines joined. */
export interface Instruction {
  /** In capitals. */
  readonly keyword: string;
  /** `--from=build` as `{ from: 'build' }`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows, as it is written. */
  readonly text: string;
}

/** What begins with a FROM. */
export interface Stage {
  readonly name: string | undefined;
  /** What it is based on, without tag and digest. */
  readonly image: string;
  readonly tag: string | undefined;
  /** `sha256:…`, where it is pinned. */
  readonly digest: string | undefined;
  /** Without the FROM. */
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile. Throws when an instruction comes before the first FROM. */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of instructionsOf(text)) {
    const current = stages.at(-1);
    if (instruction.keyword === 'FROM') stages.push({ ...readBase(instruction.text), instructions: [] });
    else if (current === undefined) throw new Error(`${instruction.keyword} comes before the first FROM`);
    else current.instructions.push(instruction);
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => {
      const [, keyword = '', flagText = '', rest = ''] = /^(\w+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
      const flags = [...flagText.matchAll(/--([\w-]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]);
      return { keyword: keyword.toUpperCase(), flags: Object.fromEntries(flags) as Record<string, string>, text: rest };
    });
}

function readBase(text: string): Omit<Stage, 'instructions'> {
  const [, image = '', tag, digest, name] =
    /^([^\s@]+?)(?::([\w.-]+))?(?:@(\S+))?(?:\s+AS\s+(\S+))?$/i.exec(text) ?? [];
  return { name, image, tag, digest };
}
