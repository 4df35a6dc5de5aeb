import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Printed, runToEnd } from '../run-to-end.ts';
import { publishedPackages, repository, type Tarball } from './published-packages.ts';

/** How a program's imports are found: by Node, or by a bundler. */
export type ModuleResolution = 'nodenext' | 'bundler';

/** Somebody else's project that depends on our packages. */
export interface Consumer {
  readonly directory: string;
  /** Writes files by their paths in the project. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Compiles files into `out/` with the strictest settings, our declarations and those they lead to included. */
  compile(files: readonly string[], resolution: ModuleResolution): Promise<void>;
  /** Runs a program of the project, or of `node_modules/.bin`, in the project's folder. */
  run(program: string, args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<Printed>;
  /** Starts a program that goes on until it is told to end; `end` resolves with its exit code. */
  start(program: string, env: NodeJS.ProcessEnv): { end(): Promise<number | null> };
}

/** As strict as it gets; `skipLibCheck` is off, so that what we publish is checked as well. */
const strictest = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noImplicitOverride: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  types: ['node'],
  target: 'es2024',
  rootDir: '..',
  outDir: '../out',
};

/** What the examples use besides our packages, in the versions that the packages themselves use. */
export const others = ['pino'];

/** Makes an empty project in `directory` and installs the tarballs and nothing else of ours. */
export async function createConsumer(directory: string, tarballs: readonly Tarball[]): Promise<Consumer> {
  const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
  };
  await write({ 'package.json': JSON.stringify({ name: 'consumer', private: true, type: 'module' }) });
  const packages = [...tarballs.map(({ path }) => path), ...others.map(versioned), '@types/node@24'];
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await runToEnd('npm', ['install', ...flags, ...packages], { cwd: directory });
  return {
    directory,
    write,
    compile: async (files, resolution) => {
      const compilerOptions = {
        ...strictest,
        module: resolution === 'bundler' ? 'preserve' : 'nodenext',
        moduleResolution: resolution,
      };
      const project = `${resolution}/tsconfig.json`;
      await write({ [project]: JSON.stringify({ compilerOptions, files: files.map((file) => `../${file}`) }) });
      const compiler = join(repository, 'node_modules/typescript/bin/tsc');
      await runToEnd(process.execPath, [compiler, '-p', project], { cwd: directory });
    },
    run: (program, args = [], env = {}) => {
      const command = program.endsWith('.js') ? [program] : [join('node_modules/.bin', program)];
      return runToEnd(process.execPath, [...command, ...args], { cwd: directory, env: { ...process.env, ...env } });
    },
    start: (program, env) => {
      const child = spawn(process.execPath, [program], {
        cwd: directory,
        env: { ...process.env, ...env },
        stdio: 'ignore',
      });
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      return {
        end: () => {
          child.kill('SIGTERM');
          return ended;
        },
      };
    },
  };
}

/** With the version that one of our packages depends on. */
function versioned(name: string): string {
  const versions = publishedPackages.map(({ manifest }) => manifest.dependencies[name]);
  return `${name}@${versions.find((version) => version !== undefined)}`;
}
