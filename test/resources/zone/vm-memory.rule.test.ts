import { expect, test } from 'vitest';
import { vmMemory } from '../../../src/resources/zone/vm-memory.rule.ts';
import { PAGING, STILL, told } from './memory-cases.ts';
import type { Shape } from './memory-cases.ts';

test.for<[string, Shape, string[]]>([
  ['RAM within the cap', { rssMib: 512, brand: 'bhyve', rates: STILL }, []],
  ['no cap', { rssMib: 512, capMib: null, brand: 'bhyve' }, []],
  [
    'RSS near the cap',
    { rssMib: 950, brand: 'bhyve', rates: STILL },
    ['warning: RSS 95% of its memory cap'],
  ],
  [
    'more RAM than the cap',
    { rssMib: 100, brand: 'bhyve', ramMib: 2048, rates: STILL },
    ["warning: guest RAM 2.0G is more than its zone's memory cap 1.0G"],
  ],
  ['a zone has a rule of its own', { rssMib: 1010, rates: PAGING }, []],
])('vm.memory: %s', ([, shape, expected]) => {
  expect(told(vmMemory, shape)).toEqual(expected);
});
