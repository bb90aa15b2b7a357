import { expect, test } from 'vitest';
import type { Dataset } from '../../../src/domain/dataset.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { zoneDisk } from '../../../src/resources/zone/zone-disk.rule.ts';
import { answered, makeConfig, makeHost, makeZone, NOW, makeVm } from '../../derive/inventory.ts';
import { dataset } from '../../support/datasets.ts';

const GIB = 2 ** 30;
function check(datasets: readonly Dataset[], raised: Severity | null = null) {
  const zones = [makeZone('web', { zonepath: '/zones/web' }), makeZone('vm', { brand: 'bhyve' })];
  return zoneDisk.check(
    { zones, datasets },
    makeHost('omni1', {
      zones: answered(zones),
      datasets: answered(datasets),
      zoneConfigs: answered([
        makeConfig('web', { datasets: ['tank/given'] }),
        makeConfig('vm', {
          brand: 'bhyve',
          vm: makeVm({ vcpus: 1, ramBytes: null, disks: ['zones/vm/disk0'], vnc: null }),
        }),
      ]),
    }),
    NOW,
    { limits: THRESHOLDS['zone.disk'].defaults, raised: () => raised },
  );
}
const root = (usedGib: number, leftGib: number) =>
  dataset('zones/web', {
    usedBytes: usedGib * GIB,
    availableBytes: leftGib * GIB,
    mountpoint: '/zones/web',
  });
const given = (usedGib: number, leftGib: number) => ({
  ...root(usedGib, leftGib),
  name: 'tank/given',
  mountpoint: null,
});

test.for<[string, readonly Dataset[], Severity | null, string[]]>([
  ['room enough', [root(5, 15)], null, []],
  ['a small zone on a pool that is nearly full still has room', [root(1, 50)], null, []],
  ['nearly full', [root(19, 1)], null, ['warning zones/web 95% full, 1.0G left']],
  ['nothing left', [root(20, 0)], null, ['critical zones/web 100% full, 0B left']],
  [
    'the fullest of its datasets',
    [root(5, 15), given(93, 7)],
    null,
    ['warning tank/given 93% full, 7.0G left'],
  ],
  [
    'just below a limit that was passed',
    [root(88, 12)],
    'warning',
    ['warning zones/web 88% full, 12G left'],
  ],
  ['no dataset is known', [], null, []],
  ['an empty one', [root(0, 0)], null, []],
  [
    'the disk of a VM',
    [dataset('zones/vm/disk0', { type: 'volume', usedBytes: 99, availableBytes: 1 })],
    null,
    [],
  ],
])('%s', ([, datasets, raised, expected]) => {
  expect(check(datasets, raised).map(({ severity, title }) => `${severity} ${title}`)).toEqual(
    expected,
  );
});

test('tells what was measured', () => {
  expect(check([root(19, 1)])[0]).toMatchObject({
    subject: 'zone:omni1/web',
    evidence: { dataset: 'zones/web', percent: 95, usedBytes: 19 * GIB, availableBytes: GIB },
  });
});
