import { expect, test } from 'vitest';
import { parseListenAddress } from './listen-address.ts';

test.each([
  ['127.0.0.1:9443', { host: '127.0.0.1', port: 9443 }],
  ['[::1]:0', { host: '::1', port: 0 }],
  ['localhost:65535', { host: 'localhost', port: 65_535 }],
  [':9443', { host: '', port: 9443 }],
])('%s is where to listen', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
});

test.each(['9443', 'localhost', '::1:9443', 'localhost:65536', 'localhost:', '[::1]', ''])('"%s" is not', (text) => {
  expect(() => parseListenAddress(text)).toThrow('is not host:port');
});
