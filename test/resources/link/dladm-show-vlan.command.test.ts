import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import {
  dladmShowVlan,
  parseShowVlanTable,
} from '../../../src/resources/link/dladm-show-vlan.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-vlan/${name}`);

test('asks for named fields in the parsable form', () => {
  expect(dladmShowVlan.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-vlan', '-p', '-o', 'link,vid,over'],
  ]);
});

test('reads VLAN links, also over a link that has vanished', () => {
  expect(dladmShowVlan.parse(text('three.txt'))).toEqual({
    value: [
      { name: 'core20', vlanId: 20, over: 'aggr0' },
      { name: 'log30', vlanId: 30, over: 'aggr0' },
      { name: 'lost0', vlanId: 40, over: '?' },
    ],
    complaints: [],
  });
});

test('complains about ids that are none, a missing name and noise', () => {
  const { value, complaints } = dladmShowVlan.parse(text('garbage.txt'));
  expect(value).toEqual([]);
  expect(complaints).toHaveLength(4);
});

test('reads the table for people', () => {
  expect(parseShowVlanTable(text('table.txt')).value).toMatchObject([
    { name: 'core20', vlanId: 20, over: 'aggr0' },
    { name: 'log30', vlanId: 30 },
  ]);
});

test('makes a VLAN or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-vlan'), (any) => {
      const { value, complaints } = dladmShowVlan.parse(any);
      expect(value.length + complaints.length).toBe(splitLines(any).length);
    }),
  );
});
