import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../api/kube-api.ts';
import { refusal } from '../api/translate.ts';
import { createPrometheusMetrics, type PrometheusMetrics } from '../prometheus/create-prometheus-metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { createEventRecorder } from './create-event-recorder.ts';
import { type Event, type EventDetails, events } from './event.ts';
import type { EventRecorder } from './event-recorder.ts';

const aWidget = (name = 'a', namespace?: string): KubeObject => ({
  apiVersion: 'test.dev/v1',
  kind: 'Widget',
  metadata: { name, uid: `uid-${name}`, ...(namespace && { namespace }) },
});
const connected: EventDetails = { type: 'Normal', reason: 'Connected', action: 'Connect', note: 'The link is up.' };

let clock: FakeClock;
let api: FakeKubeApi;
let metrics: PrometheusMetrics;
let recorder: EventRecorder;
let stop: AbortController;
let running: Promise<void>;
const log = recordingLogger();

const written = (): Event[] => api.objects<Event>(events);
const verbs = (): string[] => api.requests.map(({ verb }) => verb);

beforeEach(() => {
  clock = new FakeClock('2026-01-01T00:00:00Z');
  api = new FakeKubeApi({ clock });
  metrics = createPrometheusMetrics();
  stop = new AbortController();
  log.lines.length = 0;
  const reporter = { reportingController: 'test.dev/controller', reportingInstance: 'controller-0' };
  recorder = createEventRecorder({ api, clock, log: log.logger, metrics, ...reporter });
  running = recorder.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await clock.advance(10_000);
  await running;
  expect(clock.pendingTimers).toBe(0);
});

describe('an event', () => {
  test('is written at once, with all that the API asks for', async () => {
    recorder.record(aWidget('a', 'default'), connected);
    await clock.settle();
    expect(written()).toEqual([
      expect.objectContaining({
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: expect.objectContaining({ name: expect.stringMatching(/^a\.[0-9a-f]+$/), namespace: 'default' }),
        eventTime: '2026-01-01T00:00:00.000000Z',
        reportingController: 'test.dev/controller',
        reportingInstance: 'controller-0',
        ...connected,
        regarding: { apiVersion: 'test.dev/v1', kind: 'Widget', name: 'a', namespace: 'default', uid: 'uid-a' },
      }),
    ]);
    expect(written()[0]).not.toHaveProperty('series');
  });

  test('about an object without a namespace goes to the namespace default', async () => {
    recorder.record(aWidget(), connected);
    await clock.settle();
    expect(written()[0]?.metadata.namespace).toBe('default');
    expect(written()[0]?.regarding).not.toHaveProperty('namespace');
  });

  test.each([
    ['x'.repeat(5_000), `${'x'.repeat(1_021)}…`],
    ['😀'.repeat(1_000), `${'😀'.repeat(255)}…`],
    ['half \ud83d', 'half \ufffd'],
    ['clear\u001b[2J\r\u0000', 'clear\ufffd[2J\ufffd\ufffd'],
  ])('has a note that fits, whole characters only, and commands no terminal', async (note, expected) => {
    recorder.record(aWidget(), { ...connected, note });
    await clock.settle();
    expect(written()[0]?.note).toBe(expected);
    expect(Buffer.byteLength(expected)).toBeLessThanOrEqual(1_024);
  });

  test.each([
    ['system:Node', /^system-node\.[0-9a-f]+$/],
    ['x'.repeat(253), /^x{238,}\.[0-9a-f]+$/],
    [`${'x'.repeat(238)}-${'y'.repeat(14)}`, /^x{238}\.[0-9a-f]+$/],
  ])('has a name that can be one, whatever the object is called', async (name, expected) => {
    recorder.record(aWidget(name), connected);
    await clock.settle();
    expect(written()[0]?.metadata.name).toMatch(expected);
    expect(written()[0]?.metadata.name.length).toBeLessThanOrEqual(253);
  });

  test('that cannot be one harms nobody', () => {
    recorder.record({} as KubeObject, connected);
    recorder.record(aWidget(), {} as EventDetails);
    expect(log.lines.map(({ level }) => level)).toEqual(['debug', 'debug']);
  });
});

describe('an event that happens again', () => {
  test('is one series, which is written when its count has doubled or a minute has passed', async () => {
    for (let second = 0; second < 120; second += 1) {
      recorder.record(aWidget(), connected);
      await clock.advance(1_000);
    }
    await clock.advance(60_000);
    expect(verbs()).toEqual(['create', ...Array(7).fill('patch')]);
    expect(written()).toHaveLength(1);
    expect(written()[0]?.series).toEqual({ count: 120, lastObservedTime: '2026-01-01T00:01:59.000000Z' });
    expect(written()[0]?.eventTime).toBe('2026-01-01T00:00:00.000000Z');
  });

  test('after more than six minutes is a new one', async () => {
    recorder.record(aWidget(), connected);
    await clock.advance(6 * 60_000);
    recorder.record(aWidget(), connected);
    await clock.settle();
    expect(written().map(({ series }) => series)).toEqual([undefined, undefined]);
  });

  test.each([
    ['another object', aWidget('b'), connected],
    ['another note', aWidget(), { ...connected, note: 'It is down.' }],
    ['another reason', aWidget(), { ...connected, reason: 'Lost' }],
    ['another action', aWidget(), { ...connected, action: 'Probe' }],
    ['another type', aWidget(), { ...connected, type: 'Warning' as const }],
  ])('with %s is another one', async (_, regarding, details) => {
    recorder.record(aWidget(), connected);
    recorder.record(regarding, details);
    await clock.settle();
    expect(written()).toHaveLength(2);
  });

  test('is made anew when the server has forgotten it', async () => {
    recorder.record(aWidget(), connected);
    await clock.settle();
    api.remove(events, written()[0]?.metadata ?? { name: '' });
    recorder.record(aWidget(), connected);
    await clock.settle();
    expect(written().map(({ series }) => series?.count)).toEqual([2]);
  });

  test('while the server is away is written once, with its count, when it is back', async () => {
    api.beforeRequest = () => {
      throw new Error('connection refused');
    };
    for (let i = 0; i < 5; i += 1) recorder.record(aWidget(), connected);
    await clock.advance(60_000);
    expect(api.requests.length).toBeLessThanOrEqual(7);
    api.beforeRequest = undefined;
    await clock.advance(30_000);
    expect(written().map(({ series }) => series?.count)).toEqual([5]);
  });

  test('is not doubled by an answer that is lost', async () => {
    const { create } = api;
    api.create = async (...args) => {
      api.create = create;
      await create.apply(api, args);
      return create.apply(new FakeKubeApi({ cluster: 'away' }), args).then(() => {
        throw refusal('create', 503, 'gateway timeout');
      });
    };
    recorder.record(aWidget(), connected);
    recorder.record(aWidget(), connected);
    await clock.advance(5_000);
    expect(written().map(({ series }) => series?.count)).toEqual([2]);
  });
});

describe('too many events', () => {
  test('of one object are dropped, those of others are not', async () => {
    for (let i = 0; i < 100; i += 1) recorder.record(aWidget('noisy'), { ...connected, note: `try ${i}` });
    recorder.record(aWidget('quiet'), connected);
    await clock.advance(1_000);
    const about = (name: string): number => written().filter(({ regarding }) => regarding.name === name).length;
    expect([about('noisy'), about('quiet')]).toEqual([25, 1]);
    await clock.advance(600_000);
    for (let i = 0; i < 100; i += 1) recorder.record(aWidget('noisy'), { ...connected, note: `again ${i}` });
    await clock.advance(1_000);
    expect(about('noisy')).toBe(27);
    expect(await metrics.text()).toContain('events_total{result="dropped"} 173');
  });

  test('at once fill no memory', async () => {
    api.beforeRequest = () => new Promise(() => {});
    for (let i = 0; i < 3_000; i += 1) recorder.record(aWidget(`w${i}`), connected);
    expect(await metrics.text()).toContain('events_total{result="dropped"} 2000');
  });
});

test('an event that the server refuses is dropped and told once, and the next one is written', async () => {
  api.beforeRequest = ({ body }) => {
    if ((body as Event).reason === 'Refused') throw refusal('create', 403, { kind: 'Status', code: 403 });
  };
  recorder.record(aWidget(), { ...connected, reason: 'Refused' });
  recorder.record(aWidget('b'), { ...connected, reason: 'Refused' });
  recorder.record(aWidget(), connected);
  await clock.settle();
  expect(written().map(({ reason }) => reason)).toEqual(['Connected']);
  expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a recorder that stops writes what is left, but not for long', async () => {
  stop.abort();
  recorder.record(aWidget(), connected);
  await running;
  expect(written()).toHaveLength(1);

  api.beforeRequest = () => new Promise(() => {});
  const reporter = { reportingController: 'test.dev/controller', reportingInstance: 'controller-0' };
  const another = createEventRecorder({ api, clock, log: log.logger, ...reporter });
  another.record(aWidget('b'), connected);
  const ending = another.run(stop.signal);
  await clock.advance(3_000);
  await ending;
});
