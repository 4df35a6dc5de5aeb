import { describe, expect, test } from 'vitest';
import { faultText } from './fault-text.ts';
import { parseStrictJson } from './strict-json.ts';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text)).value;
const faults = (text: string): string[] => parseStrictJson(Buffer.from(text)).faults.map(faultText);

describe('parseStrictJson', () => {
  test.each([
    '{"a":[1,{"b":null},"x\\"y:,{"],"c":{"a":true}}',
    '[]',
    '"just a string"',
    '{"a":{"x":1},"b":{"x":1}}',
    '[{"x":1},{"x":2}]',
    ' { "a" : -1.5e3 } ',
    '{"f:metadata":{"f:__proto__x":{}},"back\\\\":"\\\\"}',
  ])('takes %s as JSON.parse does', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ['a repeated key', '{"a":1,"a":2}', ['a: this key stands here twice']],
    ['a repeated key behind an escape', '{"a":1,"\\u0061":2}', ['a: this key stands here twice']],
    ['a repeated key behind another object', '{"a":{"b":1},"a":2}', ['a: this key stands here twice']],
    ['a repeated key deep inside', '[{"x":{"a":1,"b":{},"a":2}}]', ['[0].x.a: this key stands here twice']],
    ['two repeated keys', '{"a":1,"a":2,"b":[0,{"c":1,"c" :2}]}', ['a: this key', 'b[1].c: this key']],
    ['the key __proto__', '{"spec":{"__proto__":{"paused":true}}}', ['spec.__proto__: this key is not allowed']],
    ['the key __proto__ behind an escape', '{"\\u005f_proto__":1}', ['__proto__: this key is not allowed']],
    ['half of a character', '{"a":{"b/c":"\\ud83d!"}}', ['a["b/c"]: has half of a character']],
    ['half of a character in a key', '{"\\udc00":1}', ['["\\udc00"]: has half of a character']],
    ['NUL', '{"a":["x","\\u0000"]}', ['a[1]: has the character NUL']],
    ['a number beyond all bounds', '{"a":[1,-1e400]}', ['a[1]: is a number beyond all bounds']],
  ])('names %s and its place', (_, text, expected) => {
    expect(faults(text)).toEqual(expected.map((start) => expect.stringContaining(start)));
  });

  test.each([
    ['escapes that are characters', '{"a":"\\ud83d\\ude00 \\u003c \\u0001 \\\\u0000"}'],
    ['the same key in two objects', '[{"x":{"x":1}},{"x":"__proto__"}]'],
  ])('has nothing against %s', (_, text) => {
    expect(faults(text)).toEqual([]);
  });

  test.each([
    ['101 levels', `${'['.repeat(101)}${']'.repeat(101)}`, 'deeper than 100'],
    ['a million levels that never close', '['.repeat(1_000_000), 'deeper than 100'],
    ['more values than any object has', `[${'0,'.repeat(250_000)}0]`, 'more than 250000 values'],
    ['text that ends early', '{"a":', 'not JSON'],
    ['a string that never ends', '{"a', 'not JSON'],
    ['a string that ends in an escape', '"\\', 'not JSON'],
    ['a colon without a key', '{:1}', 'not JSON'],
    ['brackets that do not match', '{"a":1]', 'not JSON'],
    ['a raw NUL in a string', '{"a":"\0"}', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['text behind the end', '{} {}', 'not JSON'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
  });

  test('refuses a byte order mark', () => {
    expect(() => parse('\ufeff{}')).toThrow('byte order mark');
  });

  test('never quotes the body in its reason', () => {
    expect(() => parse('{"token": s3cret}')).toThrow(/^the body is not JSON$/);
  });

  test('reads a string of eight million escapes without recursion', () => {
    const value = '\\'.repeat(2_000_000);
    expect(parse(JSON.stringify(value))).toBe(value);
  });
});
