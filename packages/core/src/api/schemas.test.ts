import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubernetesFormats, kubernetesKeywords } from './ajv-vocabulary.ts';
import { customResourceDefinitions } from './custom-resource-definitions.ts';
import { leafClusterSchema } from './leaf-cluster.ts';
import { virtualNodeShortcutSchema } from './virtual-node-shortcut.ts';

const examples = join(import.meta.dirname, '../../../../examples');
const ajv = new Ajv({ keywords: [...kubernetesKeywords], formats: kubernetesFormats, allErrors: true });
const validators = {
  VirtualNodeShortcut: ajv.compile(virtualNodeShortcutSchema),
  LeafCluster: ajv.compile(leafClusterSchema),
};

interface Example {
  readonly kind: keyof typeof validators;
}

function readExamples(folder: string, file: string): Example[] {
  return parseAllDocuments(readFileSync(join(examples, folder, file), 'utf8')).map(
    (document) => document.toJS() as Example,
  );
}

/** The paths at which ajv finds fault with the last document of an invalid example. */
function problemsOf(file: string): string[] {
  const object = readExamples('invalid', file).at(-1);
  if (object === undefined) throw new Error(`${file} is empty`);
  const validate = validators[object.kind];
  return validate(object) ? [] : (validate.errors ?? []).map((error) => error.instancePath);
}

describe('the schemas as JSON schemas', () => {
  test.each(readdirSync(join(examples, 'valid')))('accept the valid example %s', (file) => {
    for (const object of readExamples('valid', file)) {
      const validate = validators[object.kind];
      validate(object);
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  test.each([
    ['shortcut-one-cluster.yaml', '/spec/clusters'],
    ['shortcut-three-clusters.yaml', '/spec/clusters'],
    ['shortcut-without-clusters.yaml', '/spec'],
    ['shortcut-id-upper-case.yaml', '/spec/clusters/0/id'],
    ['shortcut-id-not-quoted.yaml', '/spec/clusters/0/id'],
    ['shortcut-mtu-too-small.yaml', '/spec/gateway/mtu'],
    ['shortcut-mtu-too-large.yaml', '/spec/gateway/mtu'],
    ['shortcut-port-zero.yaml', '/spec/gateway/service/port'],
    ['shortcut-node-port-out-of-range.yaml', '/spec/gateway/service/nodePort'],
    ['shortcut-secret-without-name.yaml', '/spec/clusters/0/kubeconfigSecretRef'],
    ['leaf-name-with-dot.yaml', '/metadata/name'],
    ['leaf-without-secret.yaml', '/spec'],
  ])('refuse %s at %s', (file, path) => {
    expect(problemsOf(file)).toContain(path);
  });

  test('every invalid example says at its head which words refuse it, and whether that needs the webhook', () => {
    const head = /^(# expect: \S.*\n)+# without-webhook: (refused|webhook-needed)\n/;
    for (const file of readdirSync(join(examples, 'invalid'))) {
      expect(readFileSync(join(examples, 'invalid', file), 'utf8'), file).toMatch(head);
    }
  });
});

describe('the custom resource definitions', () => {
  test('hold the very schemas that the validators use', () => {
    const schemas = customResourceDefinitions.map((crd) => crd.spec.versions[0].schema.openAPIV3Schema);
    expect(schemas).toEqual([virtualNodeShortcutSchema, leafClusterSchema]);
  });

  test('can be read with their short names and together by their category', () => {
    const names = customResourceDefinitions.map((crd) => crd.spec.names);
    expect(names.map((name) => name.shortNames)).toEqual([['vns'], ['leaf']]);
    expect(names.map((name) => name.categories)).toEqual([['leafway'], ['leafway']]);
  });

  test('survive the removal of the chart, because deleting them would delete every link', () => {
    for (const crd of customResourceDefinitions) {
      expect(crd.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    }
  });
});
