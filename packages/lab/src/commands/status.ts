import { mapPidsOfNamespace } from '../frame/processes.ts';
import { findLab, type Lab, noLabIn } from '../lab.ts';
import type { PartReport } from '../supervisor/part.ts';
import { readState } from '../supervisor/state-file.ts';

/** What `lab status` shows. */
export interface LabStatus {
  readonly directory: string;
  /** `ended` when the lab's frame is gone but its files are not. */
  readonly phase: 'starting' | 'ready' | 'ended';
  readonly clusters: readonly string[];
  /** Every part; `pid` is the number on this machine, `null` when it does not run. */
  readonly parts: readonly PartReport[];
}

/**
 * The parts of the lab in a directory as they are now.
 * @throws LabError `LAB_NOT_RUNNING` when there is no lab.
 */
export async function labStatus(directory: string): Promise<LabStatus> {
  const lab = await findLab(directory);
  if (lab === undefined) throw noLabIn(directory);
  const state = readState(lab.layout.state) ?? { phase: 'starting', parts: [] };
  return {
    directory,
    phase: lab.isRunning ? state.phase : 'ended',
    clusters: lab.clusters,
    parts: lab.isRunning ? withMachinePids(lab, state.parts) : state.parts.map(stopped),
  };
}

/** The supervisor knows its processes by their numbers inside the frame; people need those of the machine. */
function withMachinePids({ frame }: Lab, parts: readonly PartReport[]): PartReport[] {
  const pids = frame === undefined ? new Map<number, number>() : mapPidsOfNamespace(frame.pidNamespace);
  return parts.map((part) => ({ ...part, pid: part.pid === null ? null : (pids.get(part.pid) ?? null) }));
}

function stopped(part: PartReport): PartReport {
  return { ...part, pid: null, state: 'stopped' };
}

/** The status as a table for a terminal. */
export function formatStatus(status: LabStatus): string {
  const rows = status.parts.map(({ name, cluster, kind, pid, state, restarts }) => [
    name,
    cluster,
    kind,
    pid === null ? '-' : String(pid),
    state,
    String(restarts),
  ]);
  const table = [['NAME', 'CLUSTER', 'KIND', 'PID', 'STATE', 'RESTARTS'], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`lab in ${status.directory}: ${status.phase}`, ...lines].join('\n');
}
