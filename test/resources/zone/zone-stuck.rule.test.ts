import { expect, test } from 'vitest';
import type { ZoneState } from '../../../src/domain/zone.ts';
import { zoneStuck } from '../../../src/resources/zone/zone-stuck.rule.ts';
import { answered, makeConfig, makeHost, makeZone, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

function check(state: ZoneState, autoboot = true) {
  const zones = [makeZone('web', { state })];
  const zoneConfigs = answered([makeConfig('web', { autoboot })]);
  return zoneStuck.check(
    { zones },
    makeHost('omni1', { zones: answered(zones), zoneConfigs }),
    NOW,
    plainContext,
  );
}

test.for<[ZoneState, boolean]>([
  ['running', false],
  ['installed', false],
  ['configured', false],
  ['ready', false],
  ['unknown', false],
  ['shutting_down', true],
  ['down', true],
  ['mounted', true],
  ['incomplete', true],
])('%s', ([state, isFound]) => {
  expect(check(state)).toHaveLength(isFound ? 1 : 0);
});

test('waits for a minute, and is critical when the zone should run', () => {
  expect(zoneStuck.holdSeconds).toBe(60);
  expect(check('down')).toMatchObject([
    { subject: 'zone:omni1/web', title: 'stuck in down', severity: 'critical' },
  ]);
  expect(check('down', false)).toMatchObject([{ severity: 'warning' }]);
});

test.for<[ZoneState, RegExp]>([
  ['down', /fuser -c \/zones\/web; then zoneadm -z web halt/],
  ['incomplete', /zoneadm -z web uninstall/],
  ['mounted', /zoneadm -z web unmount/],
])('knows a way out of %s', ([state, hint]) => {
  expect(check(state)[0]?.hint).toMatch(hint);
});
