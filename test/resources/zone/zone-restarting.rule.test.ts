import { expect, test } from 'vitest';
import type { ZoneBoot } from '../../../src/domain/host.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { zoneRestarting } from '../../../src/resources/zone/zone-restarting.rule.ts';
import { answered, makeHost, makeKstats, makeZone, NOW } from '../../derive/inventory.ts';

const MINUTE = 60_000;
/** The host's clock is an hour and a half ahead of the console's. */
const HOST_NOW = NOW + 90 * MINUTE;

function check(minutesAgo: readonly number[], kind: ZoneBoot['kind'] = 'zone') {
  const zones = [makeZone('web')];
  const boots = minutesAgo.map((minutes, index): ZoneBoot => ({
    at: HOST_NOW - minutes * MINUTE,
    zoneId: kind === 'zone' ? 10 + index : 10,
    bootTimeSeconds: null,
    initPid: 100 + index,
    kind: index === 0 ? 'zone' : kind,
  }));
  const plain = makeKstats({ zoneBoots: new Map([['web', boots]]) });
  const bootTimeSeconds = (HOST_NOW - 5_000_000) / 1000;
  const kstats = {
    ...plain,
    counters: { ...plain.counters, bootTimeSeconds, snaptimeSeconds: 5000 },
  };
  const host = makeHost('omni1', { zones: answered(zones), kstats: answered(kstats) });
  return zoneRestarting.check({ zones, kstats }, host, NOW, {
    limits: THRESHOLDS['zone.restarting'].defaults,
    raised: () => null,
  });
}

test.for<[string, readonly number[], string[]]>([
  ['never seen', [], []],
  ['up for long', [50_000], []],
  ['restarted once', [500, 5], []],
  ['restarted twice by hand', [500, 50, 5], []],
  ['three starts, of which one is old', [61, 50, 5], []],
  ['three starts within an hour', [59, 50, 5], ['warning: started 3 times within an hour']],
  ['six starts', [20, 16, 12, 8, 4, 1], ['critical: started 6 times within an hour']],
])('%s', ([, minutesAgo, expected]) => {
  expect(check(minutesAgo).map(({ severity, title }) => `${severity}: ${title}`)).toEqual(expected);
});

test('tells when, and the ids it had', () => {
  expect(check([30, 20, 10])).toMatchObject([
    {
      subject: 'zone:omni1/web',
      evidence: {
        startsWithinHour: 3,
        ofThoseInitOnly: 0,
        lastStart: new Date(HOST_NOW - 10 * MINUTE).toISOString(),
        zoneIds: '10, 11, 12',
      },
      hint: expect.stringContaining('zoneadm -z web halt') as string,
    },
  ]);
});

test('a guest that reboots itself keeps its id', () => {
  expect(check([30, 20, 10], 'init')).toMatchObject([
    {
      evidence: { ofThoseInitOnly: 2, zoneIds: '10' },
      hint: expect.stringContaining('C') as string,
    },
  ]);
});
