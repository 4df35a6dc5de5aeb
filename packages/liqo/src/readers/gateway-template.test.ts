import { describe, expect, it } from 'vitest';
import type { GatewayTemplate } from '../api/types.ts';
import { buildGatewayTemplate } from '../builders/cluster.ts';
import { readGatewayTemplate } from './gateway-template.ts';

const aTemplate = (spec: unknown): GatewayTemplate => ({
  apiVersion: 'networking.liqo.io/v1beta1',
  kind: 'WgGatewayServerTemplate',
  metadata: { namespace: 'liqo', name: 'mine' },
  spec: { template: { metadata: { name: '{{ .Name }}' }, spec } },
});

const forwardedFields = (template: GatewayTemplate) => readGatewayTemplate(template).forwards;

describe('the wishes that a template passes on', () => {
  it('are those whose variables it holds, however deep', () => {
    const args = ['--mtu={{ .Spec.MTU }}', '--endpoint-address={{ index .Spec.Endpoint.Addresses 0 }}'];
    expect(forwardedFields(aTemplate({ deployment: { spec: { containers: [{ args }] } } }))).toEqual([
      'address',
      'mtu',
    ]);
    expect(forwardedFields(buildGatewayTemplate({ role: 'Server', liqoNamespace: 'liqo' }))).toEqual([
      'loadBalancerIP',
      'nodePort',
      'port',
    ]);
  });

  it.each([
    ['fixed values', { service: { spec: { ports: [{ port: 51_840, nodePort: 30_001 }] } } }],
    ['the names of fields outside of expressions', { note: '.Spec.Endpoint.NodePort and .Spec.MTU' }],
    [
      'fields of similar names',
      { ports: '{{ .Spec.Endpoint.Ports }} {{ .Spec.Endpoint.NodePorts }} {{ .Spec.MTUs }}' },
    ],
    ['variables of the gateway itself', { name: '{{ .Name }}', uid: '{{ .GatewayUID }}' }],
  ])('are not %s', (_, spec) => {
    expect(forwardedFields(aTemplate(spec))).toEqual([]);
  });

  it('are all that could be meant', () => {
    const all = ['address', 'loadBalancerIP', 'mtu', 'nodePort', 'port'];
    expect(forwardedFields(aTemplate({ all: '{{ toJson .Spec }}' }))).toEqual(all);
    expect(forwardedFields(aTemplate({ one: '{{with .Spec.Endpoint}}{{.NodePort}}{{end}}' }))).toEqual(
      all.filter((field) => field !== 'mtu'),
    );
    expect(forwardedFields(aTemplate({ one: '{{ $.Spec.Endpoint.NodePort }}' }))).toEqual(['nodePort']);
  });

  it.each([
    ['nothing', undefined],
    ['no object', 'text'],
    ['a list', [['{{', '}}', '{{ . }}', '{{ .. }}']]],
  ])('are none in a template that is %s', (_, spec) => {
    expect(forwardedFields(aTemplate(spec))).toEqual([]);
    expect(forwardedFields({ ...aTemplate(spec), spec: spec as never })).toEqual([]);
  });

  it('are read from endless texts and depths without end of patience', () => {
    let nested: unknown = '{{ .Spec.MTU }}';
    for (let depth = 0; depth < 10_000; depth += 1) nested = [nested];
    expect(forwardedFields(aTemplate({ nested, long: '{{ .'.repeat(100_000) }))).toEqual([]);
  });
});
