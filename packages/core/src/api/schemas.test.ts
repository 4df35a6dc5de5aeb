import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubernetesFormats, kubernetesKeywords } from './ajv-vocabulary.ts';
import { compatibilityDefinitions, customResourceDefinitions } from './custom-resource-definitions.ts';
import { foreignClusterConnectionSchema } from './foreign-cluster-connection.ts';
import { leafClusterSchema } from './leaf-cluster.ts';
import { virtualNodeConnectionSchema } from './virtual-node-connection.ts';
import { virtualNodeShortcutSchema } from './virtual-node-shortcut.ts';

const examples = join(import.meta.dirname, '../../../../examples');
const ajv = new Ajv({ keywords: [...kubernetesKeywords], formats: kubernetesFormats, allErrors: true });
const validators = {
  VirtualNodeShortcut: ajv.compile(virtualNodeShortcutSchema),
  LeafCluster: ajv.compile(leafClusterSchema),
  ForeignClusterConnection: ajv.compile(foreignClusterConnectionSchema),
  VirtualNodeConnection: ajv.compile(virtualNodeConnectionSchema),
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
    for (const crd of [...customResourceDefinitions, ...compatibilityDefinitions]) {
      expect(crd.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    }
  });
});

describe('the kinds of the Foreign Cluster Connector', () => {
  const [connections, first] = ['foreign-cluster-connection.yaml', 'virtual-node-connection.yaml'];

  test.each([connections, first])('accept its own example %s', (file) => {
    for (const object of readExamples('compatibility', file)) {
      const validate = validators[object.kind];
      validate(object);
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  const problemsWith = (networking: object): string[] => {
    const validate = validators.ForeignClusterConnection;
    validate({ spec: { foreignClusterA: 'rome', foreignClusterB: 'milan', networking } });
    return (validate.errors ?? []).map((error) => error.instancePath);
  };

  test('take what is empty, 0 or false for what is left out, as Go does', () => {
    const strings = ['Gateway', 'Template'].flatMap((of) => ['server', 'client'].map((side) => `${side}${of}`));
    const names = strings.flatMap((name) =>
      name.endsWith('Gateway') ? [`${name}Type`] : [`${name}Name`, `${name}Namespace`],
    );
    const empty = Object.fromEntries([...names, 'serverServiceType'].map((name) => [name, '']));
    expect(problemsWith({ ...empty, mtu: 0, serverServicePort: 0, timeoutSeconds: 0, wait: false })).toEqual([]);
  });

  test.each([
    ['mtu', 8921],
    ['serverServicePort', 65536],
    ['serverServiceType', 'ExternalName'],
    ['serverTemplateName', 'Upper'],
    ['clientTemplateNamespace', 'with.dot'],
    ['timeoutSeconds', -1],
  ])('refuse the %s %j', (field, value) => {
    expect(problemsWith({ [field]: value })).toEqual([`/spec/networking/${field}`]);
  });

  test('have its names, short names, columns and fields of the status', () => {
    const facts = compatibilityDefinitions.map(({ metadata, spec: { scope, names, versions } }) => ({
      name: metadata.name,
      scope,
      shortNames: names.shortNames,
      columns: versions[0].additionalPrinterColumns
        .filter(({ priority }) => priority === undefined)
        .map(({ name, jsonPath }) => `${name} ${jsonPath}`),
      status: Object.keys(versions[0].schema.openAPIV3Schema.properties.status.properties),
    }));
    const status = ['isConnected', 'lastUpdated', 'phase', 'errorMessage', 'observedGeneration', 'conditions'];
    expect(facts).toEqual([
      {
        name: 'foreignclusterconnections.networking.liqo.io',
        scope: 'Namespaced',
        shortNames: ['fcc', 'fcconnection'],
        columns: [
          'ClusterA .spec.foreignClusterA',
          'ClusterB .spec.foreignClusterB',
          'Connected .status.isConnected',
          'Phase .status.phase',
          'A-CIDR .status.foreignClusterANetworking.remappedPodCIDR',
          'B-CIDR .status.foreignClusterBNetworking.remappedPodCIDR',
        ],
        status: [...status, 'foreignClusterANetworking', 'foreignClusterBNetworking'],
      },
      {
        name: 'virtualnodeconnections.networking.liqo.io',
        scope: 'Namespaced',
        shortNames: ['vnc', 'vnconnection'],
        columns: ['Phase .status.phase', 'Connected .status.isConnected'],
        status,
      },
    ]);
  });
});
