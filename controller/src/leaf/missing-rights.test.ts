import type { KubeObject } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { missingRights } from './missing-rights.ts';
import { describeRights, type NeededRights } from './rights.ts';

const group = 'networking.liqo.io';
const needed: NeededRights = {
  vital: [
    { verb: 'create', group, resource: 'configurations' },
    { verb: 'delete', group, resource: 'configurations' },
    { verb: 'watch', group: '', resource: 'configmaps', namespace: 'liqo' },
  ],
  useful: [{ verb: 'list', group: 'batch', resource: 'jobs' }],
};

interface Answers {
  /** The rules that a namespace's name leads to. */
  readonly rules?: (namespace: string) => readonly object[];
  /** What the authorizer says of `verb resource`. */
  readonly allows?: (right: string) => boolean;
}

/** What is missing on a cluster that answers so, and what it was asked. */
async function ask({ rules = () => [], allows = () => false }: Answers): Promise<{ missing: string; asked: string[] }> {
  const clock = new FakeClock();
  const api = new FakeKubeApi({ clock });
  const asked: string[] = [];
  api.review = ({ type, body }) => {
    const { spec } = body as { spec: { namespace?: string; resourceAttributes?: { verb: string; resource: string } } };
    const right = `${spec.resourceAttributes?.verb} ${spec.resourceAttributes?.resource}`;
    const isRules = type.kind === 'SelfSubjectRulesReview';
    asked.push(isRules ? 'rules' : right);
    const status = isRules ? { resourceRules: rules(spec.namespace ?? '') } : { allowed: allows(right) };
    return { ...(body as KubeObject), ...{ status } };
  };
  const found = missingRights(api, needed, clock, new AbortController().signal);
  await clock.advance(10_000);
  return { missing: describeRights(await found), asked };
}

const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

describe('what may not be done on a cluster', () => {
  it('is asked for once where rules give everything', async () => {
    expect(await ask({ rules: () => [everything] })).toEqual({ missing: '', asked: ['rules'] });
  });

  it('does not include what a rule gives in the namespace where it is needed', async () => {
    const everywhere = { verbs: ['create', 'delete', 'list'], apiGroups: [group, 'batch'], resources: ['*'] };
    const inLiqo = { verbs: ['watch'], apiGroups: [''], resources: ['configmaps'] };
    const { missing, asked } = await ask({ rules: (name) => (name === 'liqo' ? [everywhere, inLiqo] : [everywhere]) });
    expect([missing, asked]).toEqual(['', ['rules', 'rules']]);
  });

  it('is named verb by verb, after the authorizer said so of each', async () => {
    const some = { verbs: ['create'], apiGroups: [group], resources: ['configurations'] };
    const { missing, asked } = await ask({ rules: () => [some] });
    expect(missing).toBe('delete configurations.networking.liqo.io; watch configmaps in liqo; list jobs.batch');
    expect(asked).toEqual(['rules', 'rules', 'delete configurations', 'watch configmaps', 'list jobs']);
  });

  it('does not include what another authorizer than RBAC gives, which shows no rules', async () => {
    expect((await ask({ allows: (right) => right !== 'list jobs' })).missing).toBe('list jobs.batch');
  });

  it('includes what is given for objects of certain names only', async () => {
    const named = { ...everything, resourceNames: ['mine'] };
    expect((await ask({ rules: () => [named] })).missing).toContain('create, delete configurations');
  });
});
