import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import {
  dladmShowPhys,
  parseShowPhysTable,
} from '../../../src/resources/link/dladm-show-phys.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-phys/${name}`);

test('asks for named fields in the parsable form', () => {
  expect(dladmShowPhys.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-phys', '-p', '-o', 'link,media,state,speed,duplex,device'],
  ]);
});

test('reads network cards, also what cannot be told of them', () => {
  const { value, complaints } = dladmShowPhys.parse(text('two-ports.txt'));
  expect(complaints).toEqual([]);
  expect(value.map((phys) => Object.values(phys))).toEqual([
    ['ixgbe0', 'Ethernet', 'up', 10000, 'full', 'ixgbe0'],
    ['ixgbe1', 'Ethernet', 'down', 0, 'unknown', 'ixgbe1'],
    ['wlan0', 'WiFi', 'unknown', null, 'unknown', 'iwn0'],
  ]);
});

test('complains about a negative speed, noise and a row that was cut', () => {
  const { value, complaints } = dladmShowPhys.parse(text('garbage-and-cut-off.txt'));
  expect(value).toEqual([]);
  expect(complaints).toHaveLength(3);
});

test('reads the table for people with fewer columns', () => {
  const { value, complaints } = parseShowPhysTable(text('table-fewer-columns.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ media, duplex, device }) => [media, duplex, device])).toEqual([
    ['Ethernet', 'unknown', 'e1000g0'],
    ['Infiniband Ethernet', 'unknown', 'ibp0'],
  ]);
});

test('makes a card or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-phys'), (any) => {
      const { value, complaints } = dladmShowPhys.parse(any);
      expect(value.length + complaints.length).toBe(splitLines(any).length);
      expect(() => parseShowPhysTable(any)).not.toThrow();
    }),
  );
});
