import { expect, test } from 'vitest';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import type { ZoneState } from '../../../src/domain/zone.ts';
import { zoneStuck } from '../../../src/resources/zone/zone-stuck.rule.ts';
import { answered, makeConfig, makeHost, makeZone, NOW } from '../../derive/inventory.ts';

type Shape = {
  readonly state: ZoneState;
  readonly seconds?: number;
  readonly autoboot?: boolean;
  readonly warning?: number;
};

function check({ state, seconds = 61, autoboot = true, warning = 60 }: Shape) {
  const zones = [makeZone('web', { state, stateSince: NOW - seconds * 1000, sawStateBegin: true })];
  const zoneConfigs = answered([makeConfig('web', { autoboot })]);
  return zoneStuck.check(
    { zones },
    makeHost('omni1', { zones: answered(zones), zoneConfigs }),
    NOW,
    { limits: { ...THRESHOLDS['zone.stuck'].defaults, warning }, raised: () => null },
  );
}

test.for<[Shape, string[]]>([
  [{ state: 'running' }, []],
  [{ state: 'installed' }, []],
  [{ state: 'configured' }, []],
  [{ state: 'ready' }, []],
  [{ state: 'unknown' }, []],
  [{ state: 'shutting_down' }, ['critical']],
  [{ state: 'down' }, ['critical']],
  [{ state: 'mounted' }, ['critical']],
  [{ state: 'incomplete' }, ['critical']],
  [{ state: 'down', seconds: 59 }, []],
  [{ state: 'down', seconds: 60 }, ['critical']],
  [{ state: 'down', seconds: 59, warning: 30 }, ['critical']],
  [{ state: 'down', autoboot: false }, ['warning']],
  [{ state: 'down', autoboot: false, seconds: 599 }, ['warning']],
  [{ state: 'down', autoboot: false, seconds: 600 }, ['critical']],
])('%o', ([shape, expected]) => {
  expect(check(shape).map(({ severity }) => severity)).toEqual(expected);
});

test('tells since when, as far as it was seen', () => {
  expect(check({ state: 'down' })).toMatchObject([
    {
      subject: 'zone:omni1/web',
      title: 'stuck in down',
      evidence: { since: new Date(NOW - 61_000).toISOString(), sawItBegin: true },
      began: NOW - 61_000,
    },
  ]);
});

test.for<[ZoneState, RegExp]>([
  ['down', /wait first.*fuser -c \/zones\/web.*zoneadm -z web halt.*last, reboot the host/],
  [
    'shutting_down',
    /wait first.*fuser -c \/zones\/web.*zoneadm -z web halt.*last, reboot the host/,
  ],
  ['incomplete', /zoneadm -z web uninstall/],
  ['mounted', /zoneadm -z web unmount/],
])('knows a way out of %s', ([state, hint]) => {
  expect(check({ state })[0]?.hint).toMatch(hint);
});
