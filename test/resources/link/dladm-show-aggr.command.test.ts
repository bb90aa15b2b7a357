import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import {
  dladmShowAggr,
  parseShowAggrLacpTable,
  parseShowAggrTable,
} from '../../../src/resources/link/dladm-show-aggr.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-aggr/${name}`);

test('asks for the extended form with named fields', () => {
  expect(dladmShowAggr.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-aggr', '-x', '-p', '-o', 'link,port,speed,duplex,state,address,portstate'],
  ]);
});

test('joins ports to their aggregation, also where its name is left out', () => {
  expect(dladmShowAggr.parse(text('two-aggregations.txt'))).toEqual({
    value: [
      {
        name: 'aggr0',
        state: 'up',
        speedMbps: 10000,
        ports: [
          { name: 'ixgbe0', state: 'up', speedMbps: 10000, portState: 'attached' },
          { name: 'ixgbe1', state: 'down', speedMbps: 0, portState: 'standby' },
        ],
      },
      {
        name: 'aggr1',
        state: 'up',
        speedMbps: 10000,
        ports: [
          { name: 'ixgbe2', state: 'up', speedMbps: 10000, portState: 'attached' },
          { name: 'ixgbe3', state: 'unknown', speedMbps: null, portState: 'unknown' },
        ],
      },
    ],
    complaints: [],
  });
});

test('complains about a port without an aggregation, noise and a row that was cut', () => {
  const { value, complaints } = dladmShowAggr.parse(text('garbage.txt'));
  expect(value).toEqual([]);
  expect(complaints).toHaveLength(3);
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
    { name: 'aggr0', state: 'unknown', speedMbps: null, ports: [] },
    { name: 'aggr1', state: 'unknown', speedMbps: null, ports: [] },
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
