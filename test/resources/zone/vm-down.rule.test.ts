import { expect, test } from 'vitest';
import type { ZoneState } from '../../../src/domain/zone.ts';
import { vmDown } from '../../../src/resources/zone/vm-down.rule.ts';
import {
  answered,
  makeConfig,
  makeHost,
  makeKstats,
  makeZone,
  NOW,
  zoneCounters,
} from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

function check(state: ZoneState, autoboot: boolean | null, brand = 'bhyve') {
  const zones = [makeZone('web', { state, brand })];
  const zoneConfigs = [makeConfig('web', { autoboot, brand })];
  const host = makeHost('omni1', { zones: answered(zones), zoneConfigs: answered(zoneConfigs) });
  return vmDown.check({ zones, zoneConfigs }, host, NOW, plainContext);
}

test.for<[ZoneState, boolean | null, boolean]>([
  ['running', true, false],
  ['installed', true, true],
  ['configured', true, true],
  ['ready', true, true],
  ['installed', false, false],
  ['installed', null, false],
  ['shutting_down', true, false],
  ['down', true, false],
  ['mounted', true, false],
  ['incomplete', true, false],
  ['unknown', true, false],
])('%s with autoboot %s', ([state, autoboot, isFound]) => {
  expect(check(state, autoboot)).toHaveLength(isFound ? 1 : 0);
});

test.for<[string, number | null, string[]]>([
  ['its process is there', 4711, []],
  ['nobody tells', null, []],
  ['its process is gone', 0, ['its zone runs, but no guest in it']],
])('a running zone, %s', ([, initPid, expected]) => {
  const zones = [makeZone('web', { brand: 'bhyve' })];
  const zoneConfigs = [makeConfig('web', { autoboot: true, brand: 'bhyve' })];
  const plain = makeKstats();
  const counters = { ...plain.counters, zones: new Map([['web', zoneCounters({ initPid })]]) };
  const told = (at: number) =>
    vmDown
      .check(
        { zones, zoneConfigs },
        makeHost('omni1', {
          zones: answered(zones),
          zoneConfigs: answered(zoneConfigs),
          kstats: answered({ ...plain, counters }, at),
        }),
        NOW,
        plainContext,
      )
      .map(({ title }) => title);
  expect(told(NOW)).toEqual(expected);
  // What was counted a minute ago tells nothing of now.
  expect(told(NOW - 60_000)).toEqual([]);
});

test('leaves brand lipkg to its own rule', () => {
  expect(check('installed', true, 'lipkg')).toEqual([]);
});

test('names the subject, the state and what to do', () => {
  expect(vmDown).toMatchObject({ severity: 'critical', needs: ['zones', 'zoneConfigs'] });
  expect(check('installed', true)).toEqual([
    {
      subject: 'vm:omni1/web',
      title: 'installed, should be running (autoboot)',
      evidence: { state: 'installed', autoboot: true, brand: 'bhyve', from: 'zoneadm list -cp' },
      hint: expect.stringContaining('zoneadm -z web boot') as string,
    },
  ]);
});
