import { expect, test } from 'vitest';
import type { KstatCounters, ProcessLevel } from '../../../src/domain/host.ts';
import { nextLevels } from '../../../src/resources/host/process-levels.ts';
import { zoneCounters } from '../../derive/inventory.ts';
import { kstats } from '../../support/inventory.ts';

const frame = (processes: number | null, zoneId = 4): KstatCounters => ({
  ...kstats().counters,
  zones: new Map([['etcd1', { ...zoneCounters(), zoneId, processes }]]),
});
const after = (...frames: readonly KstatCounters[]): ProcessLevel | undefined =>
  frames.reduce<ReadonlyMap<string, ProcessLevel>>(nextLevels, new Map()).get('etcd1');
const counted = (...processes: readonly (number | null)[]) => {
  const last = after(...processes.map((each) => frame(each)));
  return last && [last.level, last.changes];
};

test.for([
  ['the first frame', [12], [12, 0]],
  ['one process fewer', [12, 11], [11, 1]],
  ['a login that comes and goes', [12, 14, 13, 12], [12, 0]],
  ['a process that ends while there is a login', [12, 14, 13, 11], [11, 1]],
  ['more that stay', [11, 12, 12, 13, 12, 12, 12], [12, 1]],
  ['one of those that have stayed for a while', [11, 12, 12, 12, 11], [11, 1]],
  ['one of several that have stayed for a while', [11, 14, 14, 14, 13], [11, 1]],
  ['more that do not stay so long', [11, 12, 12, 11], [11, 0]],
  ['a kernel that does not count', [null], undefined],
] as const)('%s', ([, processes, level]) => {
  expect(counted(...processes)).toEqual(level);
});

test('a zone that was booted begins anew', () => {
  expect(after(frame(12), frame(3, 5))).toMatchObject({ level: 3, changes: 1, zoneId: 5 });
});

test('while no level changes the map is the same', () => {
  const before = nextLevels(new Map(), frame(12));
  expect(nextLevels(before, frame(12))).toBe(before);
  expect(nextLevels(before, frame(11))).not.toBe(before);
  expect(nextLevels(before, { ...frame(12), zones: new Map() })).not.toBe(before);
});
