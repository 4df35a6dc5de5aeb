import type { CommandReference, Term } from 'leafway/reference';
import { table } from './table.ts';

/** The reference page of the command line in Markdown: what `--help` says of every command. */
export function renderCliPage(commands: readonly CommandReference[]): string {
  return [
    '# Command line',
    'What each command answers to `--help`. [How they are used, and what they print](../../packages/cli/README.md).',
    commands.map(({ name }) => `- [${name}](#${name.replaceAll(' ', '-')})`).join('\n'),
    ...commands.flatMap(renderCommand),
  ].join('\n\n');
}

function renderCommand(command: CommandReference): string[] {
  const { name, usage, description, notes } = command;
  return [
    `## ${name}`,
    `${description}\n\n\`${usage}\``,
    ...terms('Argument', command.arguments),
    ...terms('Option', command.options),
    ...(notes === '' ? [] : [`\`\`\`text\n${notes}\n\`\`\``]),
  ];
}

function terms(head: string, all: readonly Term[]): string[] {
  if (all.length === 0) return [];
  return [
    table(
      [head, 'Meaning'],
      all.map(({ term, description }) => [`\`${term}\``, description]),
    ),
  ];
}
