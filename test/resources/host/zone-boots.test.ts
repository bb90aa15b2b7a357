import { expect, test } from 'vitest';
import type { ZoneBoot, ZoneCounters } from '../../../src/domain/host.ts';
import { firstBoots, nextBoots } from '../../../src/resources/host/zone-boots.ts';
import { makeKstats, zoneCounters } from '../../derive/inventory.ts';

const BOOT = 1_750_000_000;
/** A frame, so many seconds after the boot of the host, of the zone `web`. */
function frame(seconds: number, web: Partial<ZoneCounters> | null, hostBoot = BOOT) {
  const zones = new Map([['global', zoneCounters({ zoneId: 0, bootTimeSeconds: hostBoot })]]);
  if (web) zones.set('web', zoneCounters({ bootTimeSeconds: hostBoot + 60, ...web }));
  const { counters } = makeKstats();
  return { ...counters, zones, snaptimeSeconds: seconds, bootTimeSeconds: hostBoot };
}
const after = (...frames: readonly ReturnType<typeof frame>[]): readonly ZoneBoot[] | undefined =>
  frames.reduce(nextBoots, new Map<string, readonly ZoneBoot[]>()).get('web');

test('a frame tells the latest start of each zone, by the clock of the kernel', () => {
  const boots = firstBoots(frame(5000, { zoneId: 7, initPid: 900 }));
  expect([...boots.keys()]).toEqual(['web']);
  expect(boots.get('web')).toEqual([
    {
      at: (BOOT + 60) * 1000,
      zoneId: 7,
      bootTimeSeconds: BOOT + 60,
      initPid: 900,
      kind: 'zone',
    },
  ]);
});

test('the same zone in the next frame is no start, one with a new id is', () => {
  const web = { zoneId: 7, initPid: 900 };
  expect(after(frame(5000, web), frame(5005, web))).toHaveLength(1);
  expect(
    after(
      frame(5000, web),
      frame(5005, null),
      frame(5010, { zoneId: 9, initPid: 31, bootTimeSeconds: BOOT + 5007 }),
    ),
  ).toMatchObject([{ zoneId: 7 }, { zoneId: 9, at: (BOOT + 5007) * 1000, kind: 'zone' }]);
});

test('a zone that has its old id after a boot of the host has started all the same', () => {
  const web = { zoneId: 7, initPid: 900 };
  expect(after(frame(5000, web), frame(90, web, BOOT + 9000))).toHaveLength(2);
});

test('another init in the same zone is a start of what is in it', () => {
  expect(
    after(frame(5000, { zoneId: 7, initPid: 900 }), frame(6000, { zoneId: 7, initPid: 901 })),
  ).toMatchObject([
    { kind: 'zone', initPid: 900 },
    { kind: 'init', initPid: 901, at: (BOOT + 6000) * 1000 },
  ]);
});

test.for<[string, number | null]>([
  ['is not told', null],
  ['has ended', 0],
])('an init that %s is no start', ([, initPid]) => {
  const web = { zoneId: 7, initPid: 900 };
  expect(after(frame(5000, web), frame(5005, { ...web, initPid }))).toMatchObject([
    { initPid: 900 },
  ]);
  // The first init comes a moment after its zone.
  expect(after(frame(5000, { ...web, initPid }), frame(5005, web))).toMatchObject([
    { kind: 'zone', initPid: 900 },
  ]);
});

test('keeps the last twenty, also of a zone that stopped after a long time', () => {
  const restarts = Array.from({ length: 30 }, (_, index) =>
    frame(5000 + index * 10, { zoneId: 10 + index, bootTimeSeconds: BOOT + 5000 + index * 10 }),
  );
  expect(after(...restarts)).toHaveLength(20);
  const web = frame(5_000_000, { zoneId: 7 });
  expect(after(web, frame(5_000_005, null), frame(9_000_000, null))).toHaveLength(1);
});

test('forgets the zones that have been gone the longest when there are very many', () => {
  const boots = Array.from({ length: 300 }, (_, index) => {
    const zones = new Map([[`z${index}`, zoneCounters({ zoneId: index + 1 })]]);
    return { ...frame(5000 + index, null), zones };
  }).reduce(nextBoots, new Map<string, readonly ZoneBoot[]>());
  expect(boots.size).toBe(201);
  expect(boots.has('z98')).toBe(false);
  expect(boots.has('z99')).toBe(true);
  expect(boots.has('z299')).toBe(true);
});
