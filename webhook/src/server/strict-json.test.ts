import { describe, expect, test } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text));

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
    ['a repeated key', '{"a":1,"a":2}', 'key "a" twice'],
    ['a repeated key behind an escape', '{"a":1,"\\u0061":2}', 'key "a" twice'],
    ['a repeated key behind another object', '{"a":{"b":1},"a":2}', 'key "a" twice'],
    ['a repeated key deep inside', '[{"x":{"a":1,"b":{},"a":2}}]', 'key "a" twice'],
    ['the key __proto__', '{"spec":{"__proto__":{"paused":true}}}', '"__proto__"'],
    ['the key __proto__ behind an escape', '{"\\u005f_proto__":1}', '"__proto__"'],
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
  ])('refuses %s', (_, text, reason) => {
    expect(() => parse(text)).toThrow(reason);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
  });

  test('never quotes the body in its reason', () => {
    expect(() => parse('{"token": s3cret}')).toThrow(/^the body is not JSON$/);
  });

  test('reads a string of eight million escapes without recursion', () => {
    const value = '\\'.repeat(2_000_000);
    expect(parse(JSON.stringify(value))).toBe(value);
  });
});
