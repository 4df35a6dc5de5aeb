import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const folder = join(root, '.github/workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly steps?: readonly Step[];
  readonly strategy?: { readonly matrix: { readonly name?: readonly string[] } };
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

describe.each(readdirSync(folder))('the workflow %s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const { permissions, jobs } = parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
  const commands = steps.flatMap(({ run = '' }) => run.split('\n'));

  it('names every action by its commit, and the version that this is', () => {
    const uses = [...text.matchAll(/^\s*(?:- )?uses: (?!\.\/)(.*)$/gm)].map(([, action = '']) => action);
    expect(uses.filter((action) => !/^[\w-]+\/[\w.-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/.test(action))).toEqual([]);
  });

  it('may do no more by default than read', () => {
    expect(Object.values(permissions ?? { all: 'write' }).filter((right) => right !== 'read')).toEqual([]);
    for (const { uses, with: inputs } of steps) {
      if (uses?.startsWith('actions/checkout@')) expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });

  it('puts nothing from outside into a command', () => {
    expect(commands.filter((command) => command.includes('${{'))).toEqual([]);
  });

  it('runs scripts and uses files that are there', () => {
    const named = commands.flatMap((command) =>
      [...command.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const paths = text.match(/(?<![\w./-])(?:packages|images|charts|scripts|e2e|\.ci)\/[\w./*-]*\w/g) ?? [];
    const places = paths.map((path) => path.replace(/\/[^/]*\*.*$/, ''));
    expect(places.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('a release', () => {
  const { jobs } = parse(readFileSync(join(folder, 'release.yaml'), 'utf8')) as Workflow;

  it('builds an image of each Dockerfile', () => {
    const dockerfiles = readdirSync(join(root, 'images')).flatMap((file) => /^(.+)\.Dockerfile$/.exec(file)?.[1] ?? []);
    expect([...(jobs.images?.strategy?.matrix.name ?? [])].sort()).toEqual(dockerfiles.sort());
  });

  it('gives the right to sign only to the jobs that sign or publish', () => {
    const signing = Object.keys(jobs).filter((name) => jobs[name]?.permissions?.['id-token'] === 'write');
    expect(signing).toEqual(['npm', 'charts']);
  });

  it('runs no code of dependencies where it may sign, and writes nowhere without the environment that guards it', () => {
    for (const { permissions = {}, environment, steps = [] } of Object.values(jobs)) {
      const runsCode = steps.some(({ run = '' }) => /\bnp(m (ci|install|run|exec|test)|x) /.test(run));
      expect(permissions['id-token'] === 'write' && runsCode).toBe(false);
      if (Object.values(permissions).includes('write')) expect(environment).toBe('release');
    }
  });

  it('begins with a look whether the tag is on main', () => {
    const { commit, test } = jobs;
    expect(commit?.steps?.map(({ run }) => run)).toContain('git merge-base --is-ancestor "$GITHUB_SHA" origin/main');
    expect(test?.needs).toBe('commit');
    const others = Object.entries(jobs).filter(([name]) => name !== 'commit');
    expect(others.filter(([, { needs }]) => needs === undefined)).toEqual([]);
  });
});
