import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import {
  dladmShowPhys,
  parseShowPhys,
  parseShowPhysAddressTable,
  parseShowPhysTable,
} from '../../../src/resources/link/dladm-show-phys.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-phys/${name}`);

test('asks for named fields in the parsable form', () => {
  expect(dladmShowPhys.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-phys', '-m', '-p', '-o', 'link,slot,address,inuse,client'],
    ['echo', '=== labtop: negotiated'],
    ['dladm', 'show-phys', '-p', '-o', 'link,media,state,speed,duplex,device'],
  ]);
});

test('reads network cards, also what cannot be told of them', () => {
  const { value, complaints } = dladmShowPhys.parse(text('two-ports.txt'));
  expect(complaints).toEqual([]);
  expect(value.map((phys) => Object.values(phys))).toEqual([
    ['ixgbe0', 'Ethernet', 'up', 10000, 'full', 'ixgbe0', 'a0:36:9f:01:02:03'],
    ['ixgbe1', 'Ethernet', 'down', 0, 'unknown', 'ixgbe1', 'a0:36:9f:01:02:03'],
    ['wlan0', 'WiFi', 'unknown', null, 'unknown', 'iwn0', null],
  ]);
});

test('complains about an address that is none, a negative speed, noise and a row that was cut', () => {
  const { value, complaints } = dladmShowPhys.parse(text('garbage-and-cut-off.txt'));
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 4, 5, 3]);
});

test('without its last part there is no list', () => {
  expect(dladmShowPhys.parse(text('cut-before-mark.txt'))).toEqual({
    value: [],
    complaints: [
      { line: 0, text: '', reason: 'the rows of the cards are missing: the output was cut' },
    ],
  });
});

test('reads the table for people of the addresses', () => {
  const { value, complaints } = parseShowPhysAddressTable(text('table-m.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ link, slot, client }) => [link, slot, client])).toEqual([
    ['bnx0', 'primary', 'aggr0-bnx0'],
    ['bnx0', '1', 'web0,db0 jump0'],
    ['bnx1', 'primary', null],
  ]);
});

test('the further addresses of a card stand under its first one', () => {
  const { value, complaints } = parseShowPhysAddressTable(text('table-m-further-slots.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ link, slot, macAddress }) => [link, slot, macAddress])).toEqual([
    ['igb0', 'primary', '00:25:90:00:00:02'],
    ['igb0', '1', '02:08:20:00:00:03'],
    ['igb0', '2', '02:08:20:00:00:04'],
    ['igb1', 'primary', '00:25:90:00:00:05'],
  ]);
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
      const { value, complaints } = parseShowPhys(any);
      expect(value.length + complaints.length).toBe(splitLines(any).length);
      expect(() => [dladmShowPhys.parse(any), parseShowPhysTable(any)]).not.toThrow();
    }),
  );
});
