import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type RunningLab, runInLab } from '@leafway/lab';

/** A process of a lab. */
export interface LabProcess {
  /** Its number on this machine. */
  readonly pid: number;
  readonly command: string;
  /** Its network namespace, as the kernel names it. */
  readonly network: string;
}

/** Every process of the lab, whoever started it. */
export function processesOf({ frame }: RunningLab): LabProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const at = `/proc/${name}`;
        if (readlinkSync(`${at}/ns/pid`) !== frame.pidNamespace) return [];
        const command = readFileSync(`${at}/cmdline`, 'utf8').split('\0').join(' ').trim();
        // A process that only waits to be reaped has no command line.
        return command === '' ? [] : [{ pid: Number(name), command, network: readlinkSync(`${at}/ns/net`) }];
      } catch {
        return []; // It ended meanwhile, or is not ours to look at.
      }
    });
}

/** Those in one network, named as for `runInLab`. */
export async function processesIn(lab: RunningLab, target: string): Promise<LabProcess[]> {
  const network = (await runInLab(lab, target, ['readlink', '/proc/self/ns/net'])).trim();
  return processesOf(lab).filter((process) => process.network === network);
}
