import { describe, expect, test } from 'vitest';
import { readChecksum } from './download.ts';

const sum = 'a'.repeat(64);
const other = 'b'.repeat(64);

describe('reading a checksum file', () => {
  test('a file that holds one sum and nothing else is about the file beside it', () => {
    expect(readChecksum(`${sum}\n`, 'kubectl')).toBe(sum);
  });

  test('in a list the line with the name of the file counts', () => {
    expect(readChecksum(`${other}  etcd-arm64.tar.gz\n${sum} *etcd-amd64.tar.gz\n`, 'etcd-amd64.tar.gz')).toBe(sum);
  });

  test('a list of one line must be about that file', () => {
    expect(readChecksum(`${sum}  something-else`, 'kubectl')).toBeUndefined();
  });

  test.each(['', '<html>not found</html>', 'abc'])('%j is not a sum', (text) => {
    expect(readChecksum(text, 'kubectl')).toBeUndefined();
  });
});
