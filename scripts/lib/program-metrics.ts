import { createOperator } from '@leafway/controller';
import {
  createController,
  createEventRecorder,
  createKubeApi,
  createLeaderElection,
  describeMetrics,
  type MetricDescription,
  type Metrics,
} from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { createWebhook } from '@leafway/webhook';
import { createLogMeasure, runAuthority } from '@leafway/webhook/internal';

/** Every metric that a program can have, as its own parts define them. An end-to-end test compares it with the process. */
export interface ProgramMetrics {
  readonly program: 'controller' | 'webhook';
  readonly metrics: readonly MetricDescription[];
}

/** Both programs of the central cluster; the agent has no metrics. */
export function programMetrics(): ProgramMetrics[] {
  return [
    { program: 'controller', metrics: controllerMetrics() },
    { program: 'webhook', metrics: webhookMetrics() },
  ];
}

const ports = () => ({ clock: new FakeClock(), random: seededRandom(1), log: silentLogger });

/** As `controller/src/main.ts` puts it together. */
function controllerMetrics(): MetricDescription[] {
  return describeMetrics((metrics) => {
    const common = { ...ports(), metrics, api: new FakeKubeApi() };
    createKubeApi({ server: 'https://localhost' }, { metrics });
    createLeaderElection({ ...common, lease: { namespace: '', name: '' }, identity: '' });
    createEventRecorder({ ...common, reportingController: '', reportingInstance: '' });
    const connect = () => Object.assign(new FakeKubeApi(), { close: async () => undefined });
    createOperator({ ...common, central: common.api, connect, events: { record: () => {} } }, { liqoNamespace: '' });
    defineRuns(metrics);
  });
}

/** As `webhook/src/main.ts` puts it together. */
function webhookMetrics(): MetricDescription[] {
  return describeMetrics((definitions) => {
    const metrics = { ...definitions, contentType: '', text: async () => '' };
    const common = { ...ports(), metrics, api: new FakeKubeApi() };
    createLogMeasure(metrics);
    createWebhook({ ...common, delays: { take: () => ({ medianMs: 0, p99Ms: 0, maxMs: 0 }) } }, { liqoNamespace: '' });
    const issuer = { authority: unused, pair: unused };
    const options = { secret: { namespace: '', name: '' }, configuration: '', names: [] };
    void runAuthority({ ...common, issuer, offer: () => {} }, options, AbortSignal.abort());
    defineRuns(metrics);
  });
}

/** What a controller defines when it runs. */
function defineRuns(metrics: Metrics): void {
  void createController({ ...ports(), metrics, name: '', reconcile: unused }).run(AbortSignal.abort());
}

const unused = (): never => {
  throw new Error('nothing runs here');
};
