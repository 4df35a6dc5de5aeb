import { describe, expect, it } from 'vitest';
import { type DependencyFacts, renderDependenciesPage } from './dependencies-page.ts';

const facts: DependencyFacts = {
  packages: [
    { name: '@leafway/core', dependencies: {} },
    { name: '@leafway/lab', dependencies: { '@leafway/core': '0.1.0', yaml: '2.0.0' } },
  ],
  locked: {
    'node_modules/yaml': { license: 'ISC', dependencies: { a: '^1.0.0' } },
    'node_modules/a': { dependencies: { yaml: '*', b: '*' } },
  },
  reasons: { yaml: 'Reads YAML.' },
};

describe('the page of runtime dependencies', () => {
  it('tells of each why, for whom, and what it brings along', () => {
    expect(renderDependenciesPage(facts)).toContain('| `yaml` 2.0.0 | ISC | 2 | `@leafway/lab` | Reads YAML. |');
  });

  it('wants a reason for each', () => {
    expect(() => renderDependenciesPage({ ...facts, reasons: {} })).toThrow(
      'yaml is a runtime dependency without a reason',
    );
  });

  it('wants no reason for what is gone', () => {
    const reasons = { ...facts.reasons, left: 'Pads.' };
    expect(() => renderDependenciesPage({ ...facts, reasons })).toThrow('left, which nothing depends on');
  });

  it('wants one version of each', () => {
    const packages = [...facts.packages, { name: 'leafway', dependencies: { yaml: '2.1.0' } }];
    expect(() => renderDependenciesPage({ ...facts, packages })).toThrow('yaml is wanted as 2.0.0 and 2.1.0');
  });
});
