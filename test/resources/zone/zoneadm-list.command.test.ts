import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import type { ZoneCounters } from '../../../src/domain/host.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import {
  foldZones,
  parseZoneadmTable,
  zoneadmList,
} from '../../../src/resources/zone/zoneadm-list.command.ts';
import { linkCounters } from '../../derive/inventory.ts';
import { config, host, kstats, ok, zone } from '../../support/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`zone/zoneadm-list/${name}`);
const parse = (name: string) => zoneadmList.parse(text(name));

test('asks for all configured zones in the parsable form', () => {
  expect(zoneadmList.question(emptyHost('omni1', 0))).toEqual([['zoneadm', 'list', '-cp']]);
});

const NO_COUNTERS: Omit<ZoneCounters, 'zoneId' | 'bootTimeSeconds'> = {
  userNs: null,
  sysNs: null,
  rssBytes: null,
  rssCapBytes: null,
  swapBytes: null,
  swapCapBytes: null,
  capHits: null,
  pagedOutBytes: null,
  cpuCapPercent: null,
  cpuCapWaiting: null,
  cpuCapSeconds: null,
  initPid: 7,
  processes: null,
};

test('is asked again when a zone comes, goes or boots, as the counters tell', () => {
  const withZones = (zones: readonly (readonly [string, number, number | null])[]) =>
    zoneadmList.follows?.(
      host('omni1', {
        feeds: {
          kstats: ok(
            kstats({
              zones: new Map(
                zones.map(([name, zoneId, bootTimeSeconds]) => [
                  name,
                  { ...NO_COUNTERS, zoneId, bootTimeSeconds },
                ]),
              ),
            }),
          ),
        },
      }),
    );
  const before = withZones([['web', 3, 1000]]);
  expect(withZones([['web', 3, 1000]])).toBe(before);
  for (const now of [[], [['web', 4, 1000]], [['web', 3, 2000]], [['web', 3, null]]] as const)
    expect(withZones(now)).not.toBe(before);
  expect(zoneadmList.follows?.(emptyHost('omni1', 0))).toBeNull();
});

test.for<[string, number | null]>([
  ['running', null],
  ['installed', null],
  ['incomplete', null],
  ['shutting_down', 1],
  ['ready', 1],
  ['down', 1],
])('one that is %s', ([state, hurry]) => {
  const { value } = zoneadmList.parse(
    `7:web:${state}:/zones/web:ae2727e3-892f-45fd-96be-7151b56cb77a:lipkg:excl:1\n`,
  );
  const known = host('omni1', { feeds: { zones: ok(value) } });
  expect(zoneadmList.hurries?.(known)).toBe(hurry);
});

test('is asked again at once when a zone has stopped that starts by itself: it may reboot', () => {
  const hurries = (change: Partial<ZoneEntry>, autoboot = true) =>
    zoneadmList.hurries?.(
      host('omni1', {
        zones: [zone('web', { state: 'installed', sawStateBegin: true, ...change })],
        configs: [config('web', { autoboot })],
      }),
    );
  expect(hurries({})).toBeLessThan(0.1);
  expect(hurries({}, false)).toBeNull();
  // It was found so.
  expect(hurries({ sawStateBegin: false })).toBeNull();
  expect(hurries({ state: 'running' })).toBeNull();
});

test('is asked again when a link comes or goes, so that what it belonged to is known at that time', () => {
  const withLinks = (...names: readonly string[]) =>
    zoneadmList.follows?.(
      host('omni1', {
        feeds: {
          kstats: ok(kstats({ links: new Map(names.map((name) => [name, linkCounters()])) })),
        },
      }),
    );
  expect(withLinks('net0', 'web0')).toBe(withLinks('net0', 'web0'));
  expect(withLinks('net0')).not.toBe(withLinks('net0', 'web0'));
});

test('reads every zone of OmniOS but the global one', () => {
  const { value, complaints } = parse('omnios-8-fields.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ name, zoneId, state, brand }) => [name, zoneId, state, brand])).toEqual([
    ['etcd1', 7, 'running', 'sparse'],
    ['pfsense1', 12, 'running', 'bhyve'],
    ['half', 14, 'shutting_down', 'lipkg'],
    ['web', null, 'installed', 'lipkg'],
    ['new', null, 'configured', 'pkgsrc'],
    ['broken', null, 'incomplete', 'lx'],
  ]);
  expect(value[0]).toMatchObject({
    zonepath: '/zones/etcd1',
    uuid: '11111111-2222-3333-4444-555555555555',
    ipType: 'excl',
    stateText: 'running',
  });
  expect(value[4]).toMatchObject({ uuid: null, ipType: 'shared' });
});

test('reads the seven fields of plain illumos and colons in a zonepath', () => {
  const { value, complaints } = parse('gate-7-fields-escaped-path.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ zonepath }) => zonepath)).toEqual(['/zones/odd:path:x', '/zones/b\\ack']);
});

test('reads the eleven fields of Oracle Solaris and keeps a state word it does not know', () => {
  const { value, complaints } = parse('solaris-11-fields-crlf.txt');
  expect(complaints).toEqual([]);
  expect(value.map(({ name, state, stateText }) => [name, state, stateText])).toEqual([
    ['db', 'running', 'running'],
    ['kz', 'unknown', 'unavailable'],
  ]);
});

test('complains about noise, an id that is no number, an empty row and a row that was cut', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5]);
});

test('reads the table for people, whose columns may be pushed and whose paths may hold blanks', () => {
  const { value, complaints } = parseZoneadmTable(text('table.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, zonepath }) => [name, zonepath])).toEqual([
    [
      'a-zone-with-a-name-that-pushes-the-columns',
      '/zones/a-zone-with-a-name-that-pushes-the-columns',
    ],
    ['with-blank', '/zones/with blank in path'],
    ['web', '/zones/web'],
  ]);
});

test('reads every state, seven fields and more, names and paths at their limits', () => {
  const { value, complaints } = parse('every-state-and-width.txt');
  expect(complaints).toEqual([]);
  expect(
    value.map(({ name, zoneId, state, brand, ipType }) => [name, zoneId, state, brand, ipType]),
  ).toEqual([
    [
      `a-zone-whose-name-has-sixty-three-characters-as-long-as-it-may-b`,
      1,
      'running',
      'illumos',
      'excl',
    ],
    ['odd.name-1', 2, 'ready', 'lipkg', 'excl'],
    ['vm', 3, 'running', 'kvm', 'excl'],
    ['old', 4, 'running', 'emu', 'excl'],
    ['lu', 5, 'mounted', 'ipkg', 'shared'],
    ['dying', 6, 'down', 'lx', 'excl'],
    // A zone that is not in the kernel may show the id that it had.
    ['cube-ws', 44, 'installed', 'pkgsrc', 'excl'],
    ['never', null, 'configured', 'omicron1', null],
    ['half', null, 'incomplete', 'bhyve', 'excl'],
    ['odd-state', null, 'unknown', 'sparse', 'excl'],
  ]);
  expect(value[1]).toMatchObject({ zonepath: '/zones/odd:one:two', uuid: null });
  expect(value.at(-1)?.stateText).toBe('frobbing');
});

test('a host without zones has none', () => {
  expect(parse('global-only.txt')).toEqual({ value: [], complaints: [] });
});

test('joins broken rows of a table without brand', () => {
  const { value, complaints } = parseZoneadmTable(text('table-broken-rows.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, zoneId, brand }) => [name, zoneId, brand])).toEqual([
    ['gobuilder', 5, 'unknown'],
    ['a-zone-with-a-rather-long-name', 11, 'unknown'],
  ]);
});

test('makes a zone or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('zone/zoneadm-list'), (any) => {
      const { value, complaints } = zoneadmList.parse(any);
      const globals = splitLines(any).filter(({ text }) =>
        /^[^:]*:\s*global\s*:/.test(text),
      ).length;
      const accounted = value.length + complaints.length;
      expect(accounted).toBeLessThanOrEqual(splitLines(any).length);
      expect(accounted + globals).toBeGreaterThanOrEqual(splitLines(any).length);
      expect(() => parseZoneadmTable(any)).not.toThrow();
    }),
  );
});

test.for<[string, Partial<ZoneEntry>, number, boolean]>([
  ['the same state', {}, 1000, false],
  ['the same state and a lost id', { zoneId: null, state: 'running' }, 2000, true],
  ['another state', { state: 'down', stateText: 'down' }, 2000, true],
  ['another id', { zoneId: 9 }, 2000, true],
])('tells since when a zone is in its state: %s', ([, change, since, saw]) => {
  const before = zone('web');
  const [next] = foldZones([before], [{ ...before, ...change }], { previous: 1000, next: 2000 });
  expect(next).toMatchObject({ stateSince: since, sawStateBegin: saw });
});

test('keeps that time, also for a state that was there before the first answer', () => {
  const times = (at: number) => ({ previous: at - 1000, next: at });
  const second = foldZones([zone('web')], [zone('web')], times(2000));
  const third = foldZones(second, [zone('web'), zone('new')], times(3000));
  expect(third).toMatchObject([
    { name: 'web', stateSince: 1000, sawStateBegin: false },
    { name: 'new', stateSince: 3000, sawStateBegin: true },
  ]);
  // An id is shown for a zone that is not in the kernel: it tells nothing.
  const rest = zone('old', { state: 'installed', zoneId: 44 });
  expect(foldZones([rest], [{ ...rest, zoneId: null }], times(2000))).toMatchObject([
    { stateSince: 1000, sawStateBegin: false },
  ]);
});

test.for(['every-state-and-width.txt', 'omnios-8-fields.txt', 'garbage-and-cut-off.txt'])(
  'what repeats itself need not be read: %s',
  (name) => {
    const list = () => parse(name).value;
    const times = (at: number) => ({ previous: at - 1000, next: at });
    expect(zoneadmList.foldsItself).toBe(true);
    const first = list();
    const second = foldZones(first, first, times(2000));
    expect(second).toEqual(foldZones(first, list(), times(2000)));
    expect(second.every(({ stateSince }) => stateSince === 1000)).toBe(true);
    const third = foldZones(second, second, times(3000));
    expect(third).toEqual(foldZones(second, list(), times(3000)));
    expect(third).toBe(second);
  },
);

test('a path with a colon that was not escaped moves no other field', () => {
  const { value, complaints } = zoneadmList.parse(
    '5:web:running:/zones/a:b:0f9c56f4-9810-6d45-f801-d34bf27cc13f:lipkg:excl:3\n',
  );
  expect(value).toEqual([]);
  expect(complaints.map(({ reason }) => reason)).toEqual(['not a UUID: b']);
});
