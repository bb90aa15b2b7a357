import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import {
  dladmShowLink,
  parseShowLink,
  parseShowLinkTable,
} from '../../../src/resources/link/dladm-show-link.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-link/${name}`);

test('asks for named fields in the parsable form', () => {
  expect(dladmShowLink.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-link', '-p', '-o', 'link,class,mtu,state,bridge,over'],
  ]);
});

test('reads links of every class', () => {
  const { value, complaints } = dladmShowLink.parse(text('all-classes.txt'));
  expect(complaints).toEqual([]);
  expect(value.map((link) => Object.values(link))).toEqual([
    ['ixgbe0', 'phys', 9000, 'up', null, []],
    ['ixgbe1', 'phys', 9000, 'down', null, []],
    ['aggr0', 'aggr', 9000, 'up', null, ['ixgbe0', 'ixgbe1']],
    ['core20', 'vlan', 1500, 'up', null, ['aggr0']],
    ['etcd_net0', 'vnic', 1500, 'unknown', null, ['aggr0']],
    ['stub0', 'etherstub', 9000, 'unknown', null, []],
    ['ixgbe2', 'phys', 1500, 'up', 'home', []],
    ['home0', 'bridge', 1500, 'up', null, ['ixgbe2', 'ixgbe3']],
    ['ghost0', 'unknown', null, 'unknown', null, []],
  ]);
});

test('reads names with escaped colons and backslashes', () => {
  const { value, complaints } = dladmShowLink.parse(text('odd-names-crlf.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, over }) => [name, over])).toEqual([
    ['a:b', ['sf1.1']],
    [String.raw`c\d`, ['sf1_1']],
  ]);
});

test('complains about noise, an mtu that is no number, a missing name and a row that was cut', () => {
  const { value, complaints } = dladmShowLink.parse(text('garbage-and-cut-off.txt'));
  expect(value.map(({ name }) => name)).toEqual(['net0']);
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5]);
});

test('reads the table for people', () => {
  const { value, complaints } = parseShowLinkTable(text('table.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, state, over }) => [name, state, over])).toEqual([
    ['ixgbe0', 'up', []],
    ['aggr0', 'up', ['ixgbe0', 'ixgbe1']],
    ['a_very_long_link_name0', 'up', ['aggr0']],
    ['net0', 'unknown', []],
  ]);
});

test.for(['table-broken-at-60.txt', 'table-other-order.txt'])('reads %s', (name) => {
  const { value, complaints } = parseShowLinkTable(text(name));
  expect(complaints).toEqual([]);
  expect(value).toHaveLength(2);
  expect(value.find((link) => link.name === 'aggr0')).toMatchObject({ state: 'up' });
  expect(value.find((link) => link.name === 'aggr0')?.over[0]).toBe('ixgbe0');
});

test('reads other fields than its own', () => {
  expect(parseShowLink('aggr0:net0\n', ['over', 'link']).value).toMatchObject([
    { name: 'net0', over: ['aggr0'] },
  ]);
});

test('makes a link or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-link'), (any) => {
      const { value, complaints } = dladmShowLink.parse(any);
      expect(value.length + complaints.length).toBe(splitLines(any).length);
      expect(() => parseShowLinkTable(any)).not.toThrow();
    }),
  );
});
