import { readdirSync, readFileSync, watch } from 'node:fs';
import { Socket } from 'node:net';
import { systemClock } from '@leafway/reconciler';
import { messageOf } from './errors.ts';
import type { LabPlan } from './plan/lab-plan.ts';
import { layoutOf } from './plan/layout.ts';
import { bringUp } from './supervisor/bring-up.ts';
import { formatMessage, type SupervisorMessage } from './supervisor/channel.ts';
import { fileNameOf } from './supervisor/part.ts';
import { processStarter } from './supervisor/start-process.ts';
import { type LabState, writeState } from './supervisor/state-file.ts';
import { createSupervisor } from './supervisor/supervisor.ts';

/** A part that fails this often in a row while the lab comes up will not come up. */
const failuresUntilGivenUp = 5;
/** The descriptor that `openFrame` connects to the command that waits. */
const channelDescriptor = 3;

const layout = layoutOf(process.argv[2] ?? '');
const plan = JSON.parse(readFileSync(layout.plan, 'utf8')) as LabPlan;
const channel = new Socket({ fd: channelDescriptor });
const starting = new AbortController();
let phase: LabState['phase'] = 'starting';

const tell = (message: SupervisorMessage): void => {
  channel.write(formatMessage(message));
};
const log = (text: string): void => console.log(`${systemClock.now().toISOString()} ${text}`);

const supervisor = createSupervisor({
  startProcess: processStarter(layout, { PATH: process.env.PATH, HOME: layout.directory, LANG: 'C.UTF-8' }),
  clock: systemClock,
  onChange: (parts) => writeState(layout.state, { phase, parts }),
  onEnd: (part, how, failuresInARow) => {
    log(`${part.name} ended: ${how}`);
    if (phase === 'starting' && failuresInARow >= failuresUntilGivenUp) {
      starting.abort(
        new Error(`${part.name} ended ${failuresInARow} times in a row (${how}), see ${layout.log(fileNameOf(part))}`),
      );
    }
  },
});

const keepStopped = (): void => {
  const files = readdirSync(layout.stopped);
  log(`to be kept stopped: ${files.join(', ') || 'nothing'}`);
  supervisor.keepStopped(new Set(files));
};
watch(layout.stopped, keepStopped);

// Whoever started the lab went away before it was ready: nobody wants it.
channel.once('close', () => {
  if (phase === 'starting') process.exit(1);
});
channel.on('error', (error) => log(`channel: ${error.message}`));
channel.resume();

tell({ kind: 'hello' });
try {
  await bringUp({
    plan,
    layout,
    clock: systemClock,
    start: (part) => supervisor.start(part),
    progress: (text) => tell({ kind: 'progress', text }),
    signal: starting.signal,
  });
  phase = 'ready';
  writeState(layout.state, { phase, parts: supervisor.reports() });
  channel.end(formatMessage({ kind: 'ready' }));
} catch (error) {
  const text = messageOf(starting.signal.aborted ? starting.signal.reason : error);
  log(`failed: ${error instanceof Error ? error.stack : text}`);
  channel.end(formatMessage({ kind: 'failed', text }), () => process.exit(1));
}
