import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@leafway/reconciler';
import type { CachedWorld } from '@leafway/webhook';
import { BodyBudget, createListener } from '@leafway/webhook/internal';

/** Answers a review: from its bytes to the bytes of the answer, as the webhook does it between two sockets. */
export type Answer = (review: Buffer) => string;

/** Says only what goes wrong. */
export const complaints: Logger = {
  debug() {},
  info() {},
  warn: console.error,
  error: console.error,
  child: () => complaints,
};

/** The webhook's own way from a request to an answer, without a network. */
export function createAnswer(world: CachedWorld): Answer {
  const listen = createListener({
    world,
    clock: { monotonicMs: () => performance.now() },
    log: complaints,
    budget: new BodyBudget(),
    measures: { decided() {}, refused() {} },
    isStopping: () => false,
    remarks: () => [],
    worldWaitsFor: world.waitsFor,
    notReady: world.waitsFor,
  });
  return (review) => {
    const request = new BareRequest();
    const response = new BareResponse();
    listen(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    request.emit('data', review);
    request.emit('end');
    request.emit('close');
    return response.body;
  };
}

/** As much of a request as the webhook looks at. */
class BareRequest extends EventEmitter {
  readonly method = 'POST';
  readonly url = '/validate';
  readonly headers = { 'content-type': 'application/json' };
}

/** As much of a response as the webhook uses. */
class BareResponse {
  body = '';

  writeHead(): this {
    return this;
  }

  end(body: string): this {
    this.body = body;
    return this;
  }
}
