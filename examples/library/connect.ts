import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { createKubeApi, findCondition, loadConnection } from '@leafway/reconciler';

const [first = 'rome', second = 'milan'] = process.argv.slice(2);
const central = createKubeApi(loadConnection());
const { metadata } = await central.create<VirtualNodeShortcut>(kinds.shortcuts, {
  apiVersion: 'leafway.dev/v1alpha1',
  kind: 'VirtualNodeShortcut',
  metadata: { name: `${first}-${second}` },
  spec: { clusters: [{ id: first }, { id: second }] },
});
const { name, resourceVersion } = metadata;
const changes = { fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds: 60 };
for await (const change of central.watch<VirtualNodeShortcut>(kinds.shortcuts, changes)) {
  if (change.type === 'BOOKMARK') continue;
  const ready = findCondition(change.object.status?.conditions, 'Ready');
  console.log(`${name}: ${ready?.message ?? 'not looked at yet'}`);
  if (ready?.status === 'True') process.exit();
}
throw new Error(`${name} is not Ready after a minute`);
