import { ApiError, type ApiErrorCode } from '@leafway/reconciler';
import { describe, expect, it } from 'vitest';
import { FakeTerminal } from '../testing/fake-terminal.ts';
import { explainApiError, explainError } from './explain-error.ts';

const target = { name: 'the central cluster', server: 'https://central:6443' };
const operation = 'list leafway.dev/v1alpha1 leafclusters on central:6443';
const error = (code: ApiErrorCode, said: string, status = 0): ApiError =>
  new ApiError(`${operation}: ${said}`, { code, status, operation });

describe('an error of the API becomes a sentence with cause and next step:', () => {
  it.each([
    [
      'Unavailable',
      'no answer: connect ECONNREFUSED 10.0.0.1:6443',
      /does not answer: connect ECONNREFUSED.*KUBECONFIG/,
    ],
    [
      'Unavailable',
      'no answer: self-signed certificate in certificate chain',
      /cannot be trusted.*certificate-authority-data/,
    ],
    ['Unauthorized', 'Unauthorized', /credentials.*log in/],
    ['Forbidden', 'User "me" cannot list leafclusters', /does not allow this: User "me" cannot.*administrator/],
    [
      'Forbidden',
      `virtualnodeshortcuts.leafway.dev "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied request: spec.a: no`,
      /does not allow this: spec\.a: no; ask its administrator/,
    ],
    ['NotFound', 'the server does not serve this kind (HTTP 404)', /does not know this kind.*CRDs/],
    ['NotFound', 'namespaces "x" not found', /^the central cluster: namespaces "x" not found$/],
    ['Invalid', 'admission webhook "validate.leafway.dev" denied the request: spec.a: no', /refused it: spec\.a: no$/],
    ['Throttled', 'too many requests', /overloaded.*try again/],
  ] as const)('%s (%s)', (code, said, sentence) => {
    expect(explainApiError(error(code, said), target)).toMatch(sentence);
  });

  it.each([
    [
      'Internal error occurred: failed calling webhook "validate.leafway.dev"',
      /could not ask Leafway's webhook.*webhook runs/,
    ],
    ['etcdserver: leader changed', /cannot do this now: etcdserver: leader changed; try again/],
  ])('an answer that is a failure of the server: %s', (said, sentence) => {
    expect(explainApiError(error('Unavailable', said, 500), target)).toMatch(sentence);
  });

  it('one that the user caused by interrupting is no failure', () => {
    expect(explainError(error('Aborted', 'aborted'), target)).toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
  });
});

describe('a command', () => {
  it('says that the central cluster does not answer, and ends with 1', async () => {
    const terminal = new FakeTerminal();
    terminal.central.beforeRequest = () => {
      throw new Error('connect ECONNREFUSED 127.0.0.1:6443');
    };
    const { code, out, err } = await terminal.run('get');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^the central cluster at https:\/\/central:6443 does not answer: connect ECONNREFUSED/);
    expect(err.split('\n')).toHaveLength(1);
  });
});
