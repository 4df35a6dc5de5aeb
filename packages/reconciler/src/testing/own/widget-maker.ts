import { expect } from 'vitest';
import type { ApiErrorCode } from '../../api/errors.ts';
import { isApiError } from '../../api/errors.ts';
import type { KubeApi } from '../../api/kube-api.ts';
import { type Widget, widgets } from './widgets.ts';

/** Makes widgets whose names are unique, so that tests can share a server. */
export function createWidgetMaker(connect: () => KubeApi, prefix: string) {
  let names = 0;
  const unique = (name: string): string => {
    names += 1;
    return `${prefix}-${name}-${names}`;
  };
  const aWidget = (spec: Widget['spec'] = { size: 1 }, metadata: Partial<Widget['metadata']> = {}): Widget => ({
    apiVersion: 'test.dev/v1',
    kind: 'Widget',
    metadata: { name: unique('widget'), namespace: 'default', ...metadata },
    spec,
  });
  const create = (spec?: Widget['spec'], metadata?: Partial<Widget['metadata']>): Promise<Widget> =>
    connect().create<Widget>(widgets, aWidget(spec, metadata));
  return { unique, aWidget, create };
}

/** The widget as the server has it now. */
export async function read(api: KubeApi, widget: Widget): Promise<Widget> {
  const found = await api.get<Widget>(widgets, widget.metadata);
  if (found === undefined) throw new Error(`${widget.metadata.name} is gone`);
  return found;
}

/** Expects that the call fails with that code. */
export async function expectCode(code: ApiErrorCode, promise: Promise<unknown>): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isApiError(error) ? error.code : error).toBe(code);
}
