import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { svcsZones } from '../../../src/resources/host/svcs-zones.command.ts';
import { answered, makeHost, makeKstats, makeZone } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`host/svcs-zones/${name}`);
const parse = (name: string) => svcsZones.parse(text(name));
const LONG = 'a-zone-whose-name-has-sixty-three-characters-as-long-as-it-may-b';
const LIST = ['pfexec', 'svcs', '-Z', '-H', '-o', 'zone,state,nstate,fmri'];

const asked = (zones: readonly ZoneEntry[], answer?: string) =>
  svcsZones
    .question(
      makeHost('omni1', {
        zones: answered(zones),
        ...(answer === undefined ? {} : { zoneServices: answered(parse(answer).value) }),
      }),
    )
    ?.map((argv) => argv.join(' '));

test('lists what is meant to run, and asks for reasons only where something does not', () => {
  const zones = [makeZone('web')];
  expect(asked(zones, 'well.txt')?.length).toBe(3);
  expect(asked(zones)?.[0]).toBe(LIST.join(' '));
  const online = text('well.txt').replace(/^.*offline.*\n/m, '');
  const known = makeHost('omni1', {
    zones: answered(zones),
    zoneServices: answered(svcsZones.parse(online).value),
  });
  expect(svcsZones.question(known)).toEqual([LIST]);
});

test.for<[string, readonly Partial<ZoneEntry>[], boolean]>([
  ['nothing known', [], false],
  ['a zone that runs', [{}], true],
  ['a zone that does not run', [{ state: 'installed' }], false],
  ['Linux', [{ brand: 'lx' }], false],
  ['virtual machines', [{ brand: 'bhyve' }, { brand: 'kvm' }, { brand: 'emu' }], false],
  ['a brand that is not known', [{ brand: 'omicron1' }], true],
])('%s', ([, changes, isAsked]) => {
  const zones = changes.map((change, index) => makeZone(`z${index}`, change));
  expect(asked(zones) !== undefined).toBe(isAsked);
  expect(svcsZones.question(emptyHost('omni1', 0))).toBeUndefined();
});

test('keeps of each zone what is not well and what tells its role, and nothing of the global one', () => {
  const { value, complaints } = parse('well.txt');
  expect(complaints).toEqual([]);
  expect([...value.zones]).toEqual([
    [
      'etcd1',
      {
        count: 4,
        milestone: 'online',
        notOnline: [],
        telling: ['svc:/application/etcd:default'],
      },
    ],
    ['online', { count: 1, milestone: 'online', notOnline: [], telling: [] }],
    [
      LONG,
      {
        count: 2,
        milestone: 'offline',
        notOnline: [
          {
            fmri: 'svc:/milestone/multi-user-server:default',
            state: 'offline',
            nextState: 'online',
          },
        ],
        telling: ['svc:/network/smtp:postfix'],
      },
    ],
  ]);
});

test('reads the reasons with their zones', () => {
  const { value, complaints } = parse('not-well.txt');
  expect(complaints).toEqual([]);
  expect(value.zones.get('dns-int1')?.notOnline.map(({ state }) => state)).toEqual([
    'maintenance',
    'offline',
  ]);
  expect(value.explanations).toMatchObject([
    {
      zone: 'dns-int1',
      fmri: 'svc:/network/dns/bind:default',
      state: 'maintenance',
      since: Date.UTC(2026, 10, 26, 3, 15, 50),
      reason: 'Start method exited with $SMF_EXIT_ERR_CONFIG.',
      log: '/var/svc/log/network-dns-bind:default.log',
    },
    { zone: 'web', description: null, log: null, reason: 'Unknown.' },
  ]);
});

test('complains about what it does not understand, and takes the rest', () => {
  const { value, complaints } = parse('garbage-crlf-and-cut-off.txt');
  expect(complaints.map(({ line }) => line)).toEqual([1, 3, 6, 8]);
  expect(value.zones.get('etcd1')).toMatchObject({
    count: 3,
    notOnline: [{ state: 'uninitialized' }],
  });
});

const WARNING =
  'svcs: Could not bind to repository server for zone etcd1: repository server unavailable';
test.for<[string, string, string, string | null]>([
  ['every zone is refused', 'global online - svc:/a:default\n', WARNING, WARNING],
  [
    'one of two is refused',
    'global online - svc:/a:default\nweb online - svc:/a:default\n',
    WARNING,
    null,
  ],
  ['there are none', 'global online - svc:/a:default\n', '', null],
  ['nothing is told', '', '', null],
])('%s', ([, stdout, stderr, denied]) => {
  expect(svcsZones.denied?.(stdout, stderr)).toBe(denied);
});

test('says which right is missing', () => {
  expect(svcsZones.grant).toContain('/usr/bin/svcs:privs=file_dac_search');
});

test('knows a zone that stopped by the services that it had', () => {
  const before = parse('well.txt').value;
  const now = parse('not-well.txt').value;
  const folded = svcsZones.fold?.(before, now, { previous: 0, next: 60_000 });
  expect(folded?.zones.get('etcd1')).toEqual({
    count: 0,
    milestone: null,
    notOnline: [],
    telling: ['svc:/application/etcd:default'],
  });
  expect(folded?.zones.get('web')?.count).toBe(2);
});

test.for([
  ['well.txt', 'not-well.txt'],
  ['not-well.txt', 'well.txt'],
  ['garbage-crlf-and-cut-off.txt', 'well.txt'],
] as const)('what repeats itself need not be read: %s, then %s again and again', ([old, name]) => {
  const fold = svcsZones.fold ?? ((_, next) => next);
  const before = fold(parse(old).value, parse(name).value, { previous: 0, next: 60_000 });
  const times = { previous: 60_000, next: 120_000 };
  expect(svcsZones.foldsItself).toBe(true);
  expect(fold(before, before, times)).toEqual(fold(before, parse(name).value, times));
});

test('never throws, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('host/svcs-zones'), (any) => {
      expect(() => svcsZones.parse(any)).not.toThrow();
      expect(() => svcsZones.denied?.(any, any)).not.toThrow();
    }),
  );
});

const withLevels = (changes: Readonly<Record<string, number>>, answer: string) =>
  makeHost('omni1', {
    zones: answered([makeZone('web'), makeZone('guest', { brand: 'bhyve' })]),
    zoneServices: answered(svcsZones.parse(answer).value),
    kstats: answered(
      makeKstats({
        processLevels: new Map(
          Object.entries(changes).map(([name, count]) => [
            name,
            { zoneId: 4, level: 9, above: [], changes: count },
          ]),
        ),
      }),
    ),
  });

test('is asked again when processes of a zone with SMF have ended, and soon while a service is on its way', () => {
  const answer = 'web online - svc:/a:default\n';
  const print = (changes: Readonly<Record<string, number>>) =>
    svcsZones.follows?.(withLevels(changes, answer));
  expect(print({ web: 1, guest: 1 })).toBe(print({ web: 1, guest: 7 }));
  expect(print({ web: 1, guest: 1 })).not.toBe(print({ web: 2, guest: 1 }));
  expect(svcsZones.hurries?.(withLevels({}, answer))).toBeNull();
  expect(svcsZones.hurries?.(withLevels({}, 'web offline online svc:/a:default\n'))).toBe(1);
});

test('is asked again when a component answers in a zone that has a service which is not online', () => {
  const print = (answer: string, state: 'ok' | 'refused') => {
    const host = withLevels({ web: 1 }, answer);
    const component = { zone: 'web', kind: 'etcd', state, reason: null, etcd: null } as const;
    return svcsZones.follows?.({
      ...host,
      feeds: { ...host.feeds, zoneComponents: answered([component]) },
    });
  };
  const broken = 'web maintenance - svc:/application/etcd:default\n';
  expect(print(broken, 'refused')).not.toBe(print(broken, 'ok'));
  const well = 'web online - svc:/application/etcd:default\n';
  expect(print(well, 'refused')).toBe(print(well, 'ok'));
});
