import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import { isApiError } from './errors.ts';
import type { Exchange } from './exchange.ts';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** The same exchange, every request of which is counted and, unless it is a watch, timed. */
export function measured(exchange: Exchange, cluster: string, metrics: Metrics, clock: Clock): Exchange {
  const requests = metrics.counter({
    name: 'kube_api_requests_total',
    help: 'Requests to an API server, by HTTP status of the answer; "none" when there was none. A watch counts when it ends.',
    labels: ['cluster', 'verb', 'code'],
  });
  const duration = metrics.histogram({
    name: 'kube_api_request_duration_seconds',
    help: 'Time to the end of the answer, watches excepted.',
    labels: ['cluster', 'verb'],
    buckets,
  });
  const count = (operation: string, code: string): void => requests.inc({ cluster, verb: verbOf(operation), code });
  return {
    async call(operation, request, allowed) {
      const startMs = clock.monotonicMs();
      try {
        const answer = await exchange.call(operation, request, allowed);
        count(operation, String(answer.status));
        return answer;
      } catch (error) {
        count(operation, codeOf(error));
        throw error;
      } finally {
        duration.observe({ cluster, verb: verbOf(operation) }, (clock.monotonicMs() - startMs) / 1000);
      }
    },
    async *stream(operation, request) {
      let code = '200';
      try {
        yield* exchange.stream(operation, request);
      } catch (error) {
        code = codeOf(error);
        throw error;
      } finally {
        count(operation, code);
      }
    },
  };
}

/** Every description of an operation begins with its verb. */
function verbOf(operation: string): string {
  return operation.slice(0, operation.indexOf(' '));
}

function codeOf(error: unknown): string {
  return isApiError(error) && error.status !== 0 ? String(error.status) : 'none';
}
