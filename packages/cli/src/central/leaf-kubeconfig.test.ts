import { parseKubeconfig } from '@leafway/reconciler';
import { describe, expect, it } from 'vitest';
import { aKubeconfig } from '../testing/kubeconfigs.ts';
import { readLeafKubeconfig } from './leaf-kubeconfig.ts';

const server = 'https://rome.example:6443';

describe('the kubeconfig of a leaf', () => {
  it('is stored with the chosen context alone', () => {
    const rest = {
      contexts: [
        { name: 'main', context: { cluster: 'main', user: 'main' } },
        { name: 'other', context: { cluster: 'main', user: 'other' } },
      ],
      users: [
        { name: 'main', user: { token: 'not-this-one' } },
        { name: 'other', user: { token: 'this-one' } },
      ],
    };
    const { text } = readLeafKubeconfig(aKubeconfig(server, { rest }), 'f', 'other');
    expect(parseKubeconfig(text)).toMatchObject({ server, token: 'this-one' });
    expect(text).not.toContain('not-this-one');
  });

  it('keeps everything that the controller may use', () => {
    const source = aKubeconfig(server, { cluster: { 'tls-server-name': 'kubernetes' } });
    const { text, connection } = readLeafKubeconfig(source, 'f', undefined);
    expect(parseKubeconfig(text)).toEqual(connection);
    expect(parseKubeconfig(source)).toEqual(connection);
  });

  it.each([
    [
      'exec',
      { user: { exec: { command: 'aws' } } },
      /users\[\]\.user\.exec: programs are not run.*"leafway leaf kubeconfig"/,
    ],
    [
      'a file',
      { cluster: { 'certificate-authority': '/ca.crt' } },
      /certificate-authority: files are not read.*--flatten/,
    ],
    ['no credentials', { user: {} }, /users\[\]\.user\.token: missing.*"leafway leaf kubeconfig"/],
    ['plain HTTP', { cluster: { server: 'http://rome' } }, /clusters\[\]\.cluster\.server: not an https/],
  ])('with %s is refused by the field, with the way out', (_, changes, sentence) => {
    expect(() => readLeafKubeconfig(aKubeconfig(server, changes), 'rome.yaml', undefined)).toThrow(sentence);
    expect(() => readLeafKubeconfig(aKubeconfig(server, changes), 'rome.yaml', undefined)).toThrow(/^rome\.yaml: /);
  });

  it('without the context that is asked for is refused', () => {
    expect(() => readLeafKubeconfig(aKubeconfig(server), 'f', 'nope')).toThrow(/--context nope/);
  });

  it('that is no YAML is refused without a word of it', () => {
    expect(() => readLeafKubeconfig('token: [secret', 'f', 'x')).toThrow(/^f: kubeconfig refused: not acceptable YAML/);
    expect(() => readLeafKubeconfig('token: [secret', 'f', 'x')).not.toThrow(/secret/);
  });
});
