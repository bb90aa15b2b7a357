import { expect, test } from 'vitest';
import { lasting } from '../../../src/domain/lasting.ts';
import type { ZoneState } from '../../../src/domain/zone.ts';
import { vmDown } from '../../../src/resources/zone/vm-down.rule.ts';
import { zoneDown } from '../../../src/resources/zone/zone-down.rule.ts';
import { answered, makeConfig, makeHost, makeZone, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

function check(state: ZoneState, autoboot: boolean | null, brand = 'lipkg') {
  const zones = [makeZone('web', { state, brand })];
  const zoneConfigs = [makeConfig('web', { autoboot, brand })];
  const host = makeHost('omni1', { zones: answered(zones), zoneConfigs: answered(zoneConfigs) });
  return zoneDown.check({ zones, zoneConfigs }, host, NOW, plainContext);
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

test('leaves brand bhyve to its own rule', () => {
  expect(check('installed', true, 'bhyve')).toEqual([]);
});

test.for([
  ['zone', zoneDown, 'lipkg'],
  ['VM', vmDown, 'bhyve'],
] as const)(
  'a %s that labtop restarts is no problem until that takes too long',
  ([, rule, brand]) => {
    const zones = [makeZone('web', { state: 'installed', brand })];
    const zoneConfigs = [makeConfig('web', { autoboot: true, brand })];
    const host = makeHost('omni1', { zones: answered(zones), zoneConfigs: answered(zoneConfigs) });
    const found = (away: ReadonlyMap<string, number>, at = NOW) =>
      rule.check({ zones, zoneConfigs }, { ...host, away }, at, plainContext).length;
    const until = new Map([['web', NOW + 60_000]]);
    expect(found(until)).toBe(0);
    expect(lasting(() => found(until)).ms).toBe(60_000);
    expect(found(until, NOW + 60_000)).toBe(1);
    expect(found(new Map([['db', NOW + 60_000]]))).toBe(1);
  },
);

test('names the subject, the state and what to do', () => {
  expect(zoneDown).toMatchObject({ severity: 'critical', needs: ['zones', 'zoneConfigs'] });
  expect(check('installed', true)).toEqual([
    {
      subject: 'zone:omni1/web',
      title: 'installed, should be running (autoboot)',
      evidence: { state: 'installed', autoboot: true, brand: 'lipkg', from: 'zoneadm list -cp' },
      hint: expect.stringContaining('zoneadm -z web boot') as string,
    },
  ]);
});
