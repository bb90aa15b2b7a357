import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import type { LacpState, LinkEntry } from '../../../src/domain/link.ts';
import { NO_LINK_RATES } from '../../../src/resources/host/link-windows.ts';
import {
  dladmShowAggr,
  parseShowAggrLacpTable,
  parseShowAggrTable,
} from '../../../src/resources/link/dladm-show-aggr.command.ts';
import { answered, linkCounters, makeHost, makeKstats, makeLink } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-aggr/${name}`);

const X = ['dladm', 'show-aggr', '-x', '-p', '-o'];
const LACP = ['dladm', 'show-aggr', '-L', '-p', '-o'];
const EXTENDED = [...X, 'link,port,speed,duplex,state,address,portstate'];

test('asks for the set-up, what LACP says and the ports, for the ports alone where there is no aggregation', () => {
  const all = [
    ['dladm', 'show-aggr', '-p', '-o', 'link,policy,lacpactivity'],
    ['echo', '=== labtop: lacp'],
    [...LACP, 'link,port,aggregatable,sync,coll,dist,defaulted,expired'],
    ['echo', '=== labtop: ports'],
    EXTENDED,
  ];
  const withLinks = (...links: readonly LinkEntry[]) =>
    makeHost('omni1', { links: answered(links) });
  expect(dladmShowAggr.question(emptyHost('omni1', 0))).toEqual(all);
  expect(dladmShowAggr.question(withLinks(makeLink('aggr0', { class: 'aggr' })))).toEqual(all);
  expect(dladmShowAggr.question(withLinks(makeLink('net0')))).toEqual(all.slice(-2));
});

test('is asked again when a link comes, goes or changes its state, and sooner while a port is not well', () => {
  const frame = (snaptimeSeconds: number, up: boolean) => {
    const stats = makeKstats();
    const links = new Map([['ixgbe0', linkCounters({ up })]]);
    return answered({ ...stats, counters: { ...stats.counters, snaptimeSeconds, links } });
  };
  const follows = (snaptimeSeconds: number, up = true, fixture = 'ports-only.txt') =>
    dladmShowAggr.follows?.(
      makeHost('omni1', {
        kstats: frame(snaptimeSeconds, up),
        aggrs: answered(dladmShowAggr.parse(text(fixture)).value),
      }),
    );
  expect(dladmShowAggr.follows?.(emptyHost('omni1', 0))).toBeNull();
  expect(follows(5)).toBe(follows(10));
  expect(follows(5)).not.toBe(follows(5, false));
  const hurries = (fixture: string) =>
    dladmShowAggr.hurries?.(
      makeHost('omni1', { aggrs: answered(dladmShowAggr.parse(text(fixture)).value) }),
    );
  expect(hurries('ports-only.txt')).toBeNull();
  expect(hurries('two-aggregations.txt')).toBe(1);
});

test.for<[what: string, port: [number, number], whole: [number, number], isAsked: boolean]>([
  ['goes over to the others within a frame', [40_000, 30_000], [80_000, 80_500], true],
  ['ends', [40_000, 30_000], [80_000, 70_000], false],
  ['grows less than all of it', [40_000, 38_000], [80_000, 84_000], false],
  ['is taken up by much more of the others', [40_000, 30_000], [80_000, 120_000], false],
  ['is the same, and the others send much more', [40_000, 40_000], [80_000, 160_000], false],
  ['is nearly gone, whatever the others do', [40_000, 3_000], [80_000, 100_000], true],
  [
    'goes over for a fifth of the frame, while all of it varies',
    [40_000, 33_000],
    [80_000, 88_000],
    true,
  ],
])('what a port sends %s', ([, port, whole, isAsked]) => {
  const follows = (rates: readonly [readonly [number, number], readonly [number, number]]) =>
    dladmShowAggr.follows?.(
      makeHost('omni1', {
        kstats: answered(
          makeKstats({
            links: new Map(
              ['bnx0', 'aggr0'].map((name, index) => [
                name,
                {
                  ...NO_LINK_RATES,
                  txBytesPerSecondBefore: rates[index]?.[0] ?? null,
                  txBytesPerSecond: rates[index]?.[1] ?? null,
                },
              ]),
            ),
          }),
        ),
        aggrs: answered(dladmShowAggr.parse(text('ports-only.txt')).value),
      }),
    );
  const same = follows([
    [40_000, 40_000],
    [80_000, 80_000],
  ]);
  expect(follows([port, whole]) !== same).toBe(isAsked);
});

test('is asked again when a port falls silent while its aggregation sends', () => {
  const follows = (port: number | null, aggr: number | null = 100_000) => {
    const rate = (txBytesPerSecond: number | null) => ({ ...NO_LINK_RATES, txBytesPerSecond });
    const links = new Map([
      ['aggr0', rate(aggr)],
      ['bnx0', rate(port)],
    ]);
    return dladmShowAggr.follows?.(
      makeHost('omni1', {
        kstats: answered(makeKstats({ links })),
        aggrs: answered(dladmShowAggr.parse(text('ports-only.txt')).value),
      }),
    );
  };
  expect(follows(900)).not.toBe(follows(40_000));
  expect(follows(1000)).toBe(follows(40_000));
  expect(follows(0, 4000)).toBe(follows(40_000));
  expect(follows(null)).toBe(follows(40_000));
});

const flags = (text: string): LacpState => {
  const [aggregatable, sync, collecting, distributing, defaulted, expired] = text
    .split('')
    .map((flag) => (flag === '?' ? null : flag === '+'));
  return {
    aggregatable: aggregatable ?? null,
    sync: sync ?? null,
    collecting: collecting ?? null,
    distributing: distributing ?? null,
    defaulted: defaulted ?? null,
    expired: expired ?? null,
  };
};

test('joins ports and what LACP says of them to their aggregation, also where its name is left out', () => {
  expect(dladmShowAggr.parse(text('two-aggregations.txt'))).toEqual({
    value: [
      {
        name: 'aggr0',
        state: 'up',
        speedMbps: 10000,
        macAddress: 'a0:36:9f:01:02:03',
        policy: 'L3,L4',
        lacpActivity: 'active',
        ports: [
          {
            name: 'ixgbe0',
            state: 'up',
            speedMbps: 10000,
            duplex: 'full',
            portState: 'attached',
            lacp: flags('++++--'),
          },
          {
            name: 'ixgbe1',
            state: 'down',
            speedMbps: 0,
            duplex: 'unknown',
            portState: 'standby',
            lacp: flags('+---+-'),
          },
        ],
      },
      {
        name: 'aggr1',
        state: 'up',
        speedMbps: 10000,
        macAddress: 'a0:36:9f:01:02:05',
        policy: 'L4',
        lacpActivity: 'off',
        ports: [
          {
            name: 'ixgbe2',
            state: 'up',
            speedMbps: 10000,
            duplex: 'full',
            portState: 'attached',
            lacp: flags('----+-'),
          },
          {
            name: 'ixgbe3',
            state: 'unknown',
            speedMbps: null,
            duplex: null,
            portState: 'unknown',
            lacp: flags('??????'),
          },
        ],
      },
    ],
    complaints: [],
  });
});

test('without the first two forms the ports are known, and nothing of LACP', () => {
  const { value, complaints } = dladmShowAggr.parse(text('ports-only.txt'));
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    { name: 'aggr0', policy: null, lacpActivity: null, ports: [{ name: 'bnx0', lacp: null }] },
  ]);
});

test('an answer that was cut before the ports has no aggregation, and says so', () => {
  const { value, complaints } = dladmShowAggr.parse(text('lacp-cut.txt'));
  expect(value).toEqual([]);
  expect(complaints.map(({ line, reason }) => [line, reason])).toEqual([
    [5, 'expected 8 fields, found 4'],
    [3, 'a port before any aggregation'],
    [4, 'no port'],
    [0, 'the rows of the ports are missing: the output was cut'],
  ]);
});

test('complains about a port without an aggregation, noise and a row that was cut', () => {
  const { value, complaints } = dladmShowAggr.parse(text('garbage.txt'));
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([1, 2, 4, 5]);
});

test('reads the extended table for people, whose ports leave the first column empty', () => {
  const { value, complaints } = parseShowAggrTable(text('table-x.txt'));
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([
    {
      name: 'aggr0',
      state: 'up',
      ports: [
        { name: 'ixgbe0', portState: 'attached' },
        { name: 'ixgbe1', state: 'down', portState: 'standby' },
      ],
    },
  ]);
});

test('reads the plain table for people, which tells neither state nor ports', () => {
  const { value, complaints } = parseShowAggrTable(text('table.txt'));
  expect(complaints).toEqual([]);
  expect(value).toEqual([
    {
      name: 'aggr0',
      state: 'unknown',
      speedMbps: null,
      macAddress: null,
      policy: 'L3,L4',
      lacpActivity: 'active',
      ports: [],
    },
    {
      name: 'aggr1',
      state: 'unknown',
      speedMbps: null,
      macAddress: null,
      policy: 'L4',
      lacpActivity: 'off',
      ports: [],
    },
  ]);
});

test('an aggregation may have an address of its own', () => {
  const { value, complaints } = parseShowAggrTable(text('table-fixed-address.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, lacpActivity }) => [name, lacpActivity])).toEqual([
    ['aggr0', 'active'],
    ['aggr1', 'off'],
  ]);
});

test('reads what LACP says of each port', () => {
  const { value, complaints } = parseShowAggrLacpTable(text('table-L.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ aggr, port, sync, defaulted }) => [aggr, port, sync, defaulted])).toEqual([
    ['aggr0', 'ixgbe0', true, false],
    ['aggr0', 'ixgbe1', false, true],
  ]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-aggr'), (any) => {
      expect(() => [
        dladmShowAggr.parse(any),
        parseShowAggrTable(any),
        parseShowAggrLacpTable(any),
      ]).not.toThrow();
    }),
  );
});
