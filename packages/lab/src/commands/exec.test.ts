import { describe, expect, it } from 'vitest';
import { networkOf } from './exec.ts';

const clusters = ['central', 'rome', 'milan'];

describe('networkOf', () => {
  it.each([
    ['rome/client', 'pod-rome-client'],
    ['central/web', 'pod-central-web'],
    ['central/node', 'node-central'],
    ['rome/gateway-milan', 'gw-rome.milan'],
  ])('finds the network of %s', (target, network) => {
    expect(networkOf(clusters, target)).toBe(network);
  });

  it.each([
    ['rome', /expected <cluster>\/<pod>/],
    ['rome/client/x', /expected <cluster>\/<pod>/],
    ['oslo/client', /no cluster "oslo", the clusters are central, rome, milan/],
    ['rome/db', /its pods are client and web/],
    ['rome/gateway-oslo', /its pods are client and web/],
  ])('says what can be named instead of %s', (target, message) => {
    expect(() => networkOf(clusters, target)).toThrow(message);
  });
});
