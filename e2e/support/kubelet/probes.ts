import { request } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, Probe } from './pod.ts';

/** How a probe reaches a Pod. */
export type OpenConnection = (target: string) => Promise<Socket>;

/** Asks once, as a kubelet does: any status from 200 to 399 within the time is good. */
export async function ask(probe: Probe, container: Container, address: string, open: OpenConnection): Promise<boolean> {
  const { path = '/', port } = probe.httpGet ?? { port: 0 };
  const number = typeof port === 'number' ? port : container.ports?.find(({ name }) => name === port)?.containerPort;
  const signal = AbortSignal.timeout((probe.timeoutSeconds ?? 1) * 1_000);
  const socket = await open(`${address}:${number}`).catch(() => undefined);
  if (socket === undefined) return false;
  const answered = new Promise<boolean>((resolve) => {
    const sent = request({ path, host: address, createConnection: () => socket, signal });
    sent.once('error', () => resolve(false));
    sent.once('response', ({ statusCode = 0 }) => resolve(statusCode >= 200 && statusCode < 400));
    sent.end();
  });
  return await answered.finally(() => socket.destroy());
}

/**
 * Asks again and again, and tells when as many answers in a row as the probe says were good, or bad; until the signal
 * aborts.
 */
export async function keepAsking(
  probe: Probe,
  answer: () => Promise<boolean>,
  onResult: (good: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  let [inARow, last] = [0, false];
  let delayMs = initialDelaySeconds * 1_000;
  for (;;) {
    await sleep(delayMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const good = await answer();
    if (signal.aborted) return;
    inARow = good === last ? inARow + 1 : 1;
    last = good;
    if (inARow >= (good ? successThreshold : failureThreshold)) onResult(good);
    delayMs = periodSeconds * 1_000;
  }
}
