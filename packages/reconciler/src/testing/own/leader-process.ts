/** A process that campaigns and, while it leads, writes without a pause; for tests that stop it in the middle. */
import { setImmediate } from 'node:timers/promises';
import { createKubeApi } from '../../api/create-kube-api.ts';
import { createLeaderElection } from '../../leader/create-leader-election.ts';
import { systemClock, systemRandom } from '../../ports/system.ts';
import { silentLogger } from '../silent-logger.ts';
import { type Widget, widgets } from './widgets.ts';

const { connection, identity, timings } = JSON.parse(process.argv[2] ?? '');
const api = createKubeApi(connection);
const election = createLeaderElection({
  api,
  lease: { namespace: 'default', name: 'leader-process' },
  identity,
  clock: systemClock,
  random: systemRandom,
  log: silentLogger,
  timings,
});
const guarded = election.guard(api);
const outcome = await election.run(async (signal) => {
  console.log('leading');
  for (let i = 0; !signal.aborted; i += 1) {
    const metadata = { namespace: 'default', name: `${identity}-${i}` };
    await guarded
      .create<Widget>(widgets, { apiVersion: 'test.dev/v1', kind: 'Widget', metadata, spec: { size: i } })
      .catch((error) => console.log(error.code));
    // A refusal takes no time at all: the timers get their turn here.
    await setImmediate();
  }
}, new AbortController().signal);
console.log(outcome);
await api.close();
