import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, seededRandom } from '@leafway/reconciler/testing';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal.ts';
import { addLabCommands } from './lab.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leafway-cli-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const notHere = (): never => {
  throw new Error('a lab needs no central cluster');
};

/** Runs the command line and returns what it printed. */
async function run(...args: string[]): Promise<string[]> {
  const printed: string[] = [];
  const terminal: Terminal = {
    version: '',
    print: (line) => printed.push(line),
    progress: () => {},
    exitWith: () => {},
    resolve: (path) => path,
    readText: notHere,
    connect: notHere,
    connectStrictly: notHere,
    connectTo: notHere,
    confirm: notHere,
    labTools: () => Promise.reject(new Error('the tools are not wanted yet')),
    monotonicMs: () => 0,
    clock: new FakeClock(),
    random: seededRandom(1),
    defaultLabDirectory: directory,
    demoDirectory: directory,
    hasColour: false,
    environment: {},
    runtime: { execPath: 'node', execArgv: [] },
    signal: new AbortController().signal,
  };
  const program = new Command('leafway').exitOverride().configureOutput({ writeErr: () => {} });
  addLabCommands(program, terminal);
  await program.parseAsync(args, { from: 'user' });
  return printed;
}

describe('leafway lab', () => {
  it('says what is wrong with the arguments before it prepares anything', async () => {
    await expect(run('lab', 'up', '--clusters', 'hub')).rejects.toThrow(/at least one leaf/);
  });

  it('takes several pod CIDRs behind one flag as well as each behind its own', async () => {
    const args = ['lab', 'up', '--clusters', 'hub,a,b', '--pod-cidr', 'a=1', 'b=2', '--pod-cidr', 'hub=3'];
    await expect(run(...args)).rejects.toThrow(/a=1: [\s\S]*b=2: [\s\S]*hub=3: /);
  });

  it('prepares the machine when the arguments are good', async () => {
    await expect(run('lab', 'up', '--pod-cidr', 'rome=10.1.0.0/16')).rejects.toThrow(/tools are not wanted yet/);
  });

  it('looks into the default directory unless told otherwise', async () => {
    await expect(run('lab', 'status')).rejects.toThrow(`there is no lab in ${directory}`);
    await expect(run('lab', 'status', '--dir', '/nowhere')).rejects.toThrow('there is no lab in /nowhere');
  });

  it('knows no other output than json', async () => {
    await expect(run('lab', 'status', '-o', 'yaml')).rejects.toThrow(/only other format is json/);
  });

  it('takes the directory before and after the pod', async () => {
    await expect(run('lab', 'exec', '--dir', '/a', 'rome/client', '--', 'ip', '-br')).rejects.toThrow('no lab in /a');
    await expect(run('lab', 'exec', 'rome/client', '--dir', '/b', '--', 'ip', '-br')).rejects.toThrow('no lab in /b');
  });

  it('finds nothing to end where there is no lab', async () => {
    expect(await run('lab', 'down')).toEqual([`there is no lab in ${directory}`]);
  });
});
