import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSample } from '../../src/parse/exposition.ts';

test.for([
  ['up 1', { name: 'up', labels: {}, value: 1 }],
  [
    'a_total{x="1",y="b c"} 2.5e+07',
    { name: 'a_total', labels: { x: '1', y: 'b c' }, value: 2.5e7 },
  ],
  ['a{x="q\\"u\\\\o\\nte"} 0 1700000000000', { name: 'a', labels: { x: 'q"u\\o\nte' }, value: 0 }],
  ['h_bucket{le="+Inf",} 9', { name: 'h_bucket', labels: { le: '+Inf' }, value: 9 }],
  ['g -Inf', { name: 'g', labels: {}, value: -Infinity }],
  ['g +Inf\r', { name: 'g', labels: {}, value: Infinity }],
] as const)('reads %s', ([line, expected]) => {
  expect(parseSample(line)).toEqual(expected);
});

test.for([
  '',
  '# HELP up whether',
  'up',
  'up NaN',
  'up{ 1',
  'up{x=1} 1',
  'up one',
  '9up 1',
  'up{x="1} 2',
])('gives nothing for %j', (line) => {
  expect(parseSample(line)).toBeNull();
});

test('takes any text', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, labels) => {
      const sample = parseSample(`${name}{${labels}} 1`);
      return sample === null || sample.value === 1;
    }),
  );
});
