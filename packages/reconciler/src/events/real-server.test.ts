import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubeApi } from '../api/create-kube-api.ts';
import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import { systemClock } from '../ports/system.ts';
import type { RealServer } from '../testing/own/real-servers.ts';
import { findTools, startRealServer } from '../testing/own/real-servers.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { createEventRecorder } from './create-event-recorder.ts';
import type { EventDetails } from './event.ts';

const tools = findTools();
if ('missing' in tools) console.log(`Events are not tried with a real API server: ${tools.missing}.`);

/** The older API, through which kubectl and its `describe` see events. */
const coreEvents: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };
const namespaces: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
};

describe.runIf(!('missing' in tools))('with a real API server', () => {
  let server: RealServer;
  let api: ReturnType<typeof createKubeApi>;
  beforeAll(async () => {
    if ('missing' in tools) return;
    server = await startRealServer(tools);
    api = createKubeApi(server.connection);
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await server?.stop();
  }, 60_000);

  test('events are accepted, become series, and are seen as kubectl shows them', async () => {
    const log = recordingLogger();
    const reporter = { reportingController: 'test.dev/controller', reportingInstance: 'controller-0' };
    const recorder = createEventRecorder({ api, clock: systemClock, log: log.logger, ...reporter });
    const regarding = await api.get<KubeObject>(namespaces, { name: 'default' });
    if (regarding === undefined) throw new Error('there is no namespace default');
    const details: EventDetails = { type: 'Warning', reason: 'Lost', action: 'Probe', note: `${'ö'.repeat(800)}.` };
    const secret: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'S:1', namespace: 'kube-system' },
    };

    const stop = new AbortController();
    recorder.record(regarding, details);
    recorder.record(secret, { ...details, note: 'Gone.' });
    stop.abort();
    await recorder.run(stop.signal);
    for (let i = 0; i < 3; i += 1) recorder.record(regarding, details);
    await recorder.run(stop.signal);

    expect(log.lines).toEqual([]);
    const find = async (fieldSelector: string) => (await api.list(coreEvents, { fieldSelector })).items;
    expect(await find('involvedObject.kind=Namespace,involvedObject.name=default')).toEqual([
      expect.objectContaining({
        metadata: expect.objectContaining({ namespace: 'default' }),
        involvedObject: { apiVersion: 'v1', kind: 'Namespace', name: 'default', uid: regarding.metadata.uid },
        reportingComponent: 'test.dev/controller',
        reportingInstance: 'controller-0',
        action: 'Probe',
        reason: 'Lost',
        type: 'Warning',
        eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        message: expect.stringMatching(/^ö+…$/),
        series: { count: 4, lastObservedTime: expect.stringMatching(/\.\d{6}Z$/) },
      }),
    ]);
    expect(await find('involvedObject.kind=Secret')).toHaveLength(1);
  }, 60_000);
});
