import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { kinds } from '@leafway/core';
import type { KubeObject } from '@leafway/reconciler';
import type { FleetSize } from '../../fleet/shape.ts';
import { leafOf, shortcutOf } from '../fleet/objects.ts';

/** Where the stand-in is. */
export interface StandIn {
  readonly url: string;
  close(): Promise<void>;
}

export interface StandInOptions {
  readonly size: FleetSize;
  /** Of the server, PEM. */
  readonly cert: string;
  readonly key: string;
}

/** More often than a client takes silence for a broken watch. */
const bookmarkMs = 20_000;
const resourceVersion = '2000000';

/**
 * Answers the watches of a webhook as the API server of a large fleet does: first with all objects, then with silence.
 * It knows nothing else, so that what is measured beside it has the machine for itself.
 */
export async function startStandIn({ size, cert, key }: StandInOptions): Promise<StandIn> {
  const { group, version } = kinds.shortcuts;
  const objects: Readonly<Record<string, () => Iterable<KubeObject>>> = {
    [`/apis/${group}/${version}/${kinds.shortcuts.plural}`]: () => all(size.shortcuts, (n) => shortcutOf(n, size)),
    [`/apis/${group}/${version}/${kinds.leafClusters.plural}`]: () => all(size.leaves, (n) => leafOf(n, size)),
  };
  const server = createServer({ cert, key }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://stand-in');
    const list = objects[pathname];
    if (list === undefined || searchParams.get('watch') === null) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status","code":404}');
      return;
    }
    const isFirst = searchParams.get('sendInitialEvents') === 'true';
    void sendWatch(response, isFirst ? list() : []).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function* all<T>(count: number, make: (number: number) => T): Generator<T> {
  for (let number = 0; number < count; number += 1) yield make(number);
}

async function sendWatch(response: ServerResponse, objects: Iterable<KubeObject>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  let kind: Pick<KubeObject, 'apiVersion' | 'kind'> = { apiVersion: 'v1', kind: 'Status' };
  for (const object of objects) {
    kind = object;
    if (!response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`)) await once(response, 'drain');
  }
  const bookmark = { ...kind, metadata: { resourceVersion, annotations: { 'k8s.io/initial-events-end': 'true' } } };
  const say = (): unknown =>
    response.write(
      `${JSON.stringify({ type: 'BOOKMARK', object: { apiVersion: kind.apiVersion, kind: kind.kind, metadata: bookmark.metadata } })}\n`,
    );
  say();
  const timer = setInterval(say, bookmarkMs);
  response.once('close', () => clearInterval(timer));
}
