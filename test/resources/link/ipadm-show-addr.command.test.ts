import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import {
  ipadmShowAddr,
  parseShowAddrTable,
} from '../../../src/resources/link/ipadm-show-addr.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/ipadm-show-addr/${name}`);

test('asks for named fields in the parsable form', () => {
  expect(ipadmShowAddr.question(emptyHost('omni1', 0))).toEqual([
    ['ipadm', 'show-addr', '-p', '-o', 'addrobj,type,state,addr'],
  ]);
});

test('reads addresses of every type, escaped ones, ones without an object and objects without an address', () => {
  const { value, complaints } = ipadmShowAddr.parse(text('all-types.txt'));
  expect(complaints).toEqual([]);
  expect(value.map((entry) => Object.values(entry))).toEqual([
    ['lo0/v4', 'lo0', 'static', 'ok', '127.0.0.1/8'],
    ['igb0/oob', 'igb0', 'dhcp', 'ok', '192.0.2.18/24'],
    ['core20/v4', 'core20', 'static', 'duplicate', '10.0.20.12/24'],
    ['igb1/dhcp', 'igb1', 'dhcp', 'disabled', null],
    ['web0/_a', 'web0', 'from-gz', 'ok', '10.0.0.154/24'],
    [null, null, 'static', 'ok', '10.9.9.9/24'],
    ['lo0/v6', 'lo0', 'static', 'ok', '::1/128'],
    ['igb0/v6', 'igb0', 'addrconf', 'ok', 'fe80::a236:9fff:fe01:203/10'],
    ['core20/v6', 'core20', 'addrconf', 'tentative', '2001:db8::20%core20/64'],
  ]);
});

test('complains about rows that are cut, hold nothing or name no object', () => {
  const { value, complaints } = ipadmShowAddr.parse(text('garbage-and-cut-off.txt'));
  expect(value.map(({ object, link }) => [object, link])).toEqual([['core20/v4', 'core20']]);
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 7]);
});

test.for([
  ['another output with as many fields', 'web_net0:web:igb0:1000'],
  ['what is no address', 'igb0/v4:static:ok:soon'],
  ['what is no state', 'igb0/v4:static:0.5:10.0.0.1/24'],
])('complains about %s', ([, line = '']) => {
  const { value, complaints } = ipadmShowAddr.parse(`${line}\n`);
  expect(value).toEqual([]);
  expect(complaints).toHaveLength(1);
});

test('reads both ends of a tunnel, and an address with its link', () => {
  const rows = 'tun0/p2p:static:ok:10.0.0.1->10.0.0.2\nlo0/?:from-gz:ok:fe80\\:\\:1%web0/10\n';
  expect(ipadmShowAddr.parse(rows)).toMatchObject({
    value: [
      { link: 'tun0', address: '10.0.0.1->10.0.0.2' },
      { link: 'lo0', address: 'fe80::1%web0/10' },
    ],
    complaints: [],
  });
});

test('reads the table for people, broken and with an object that is too long', () => {
  const { value, complaints } = parseShowAddrTable(text('table-broken-at-60.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ object, address }) => [object, address])).toEqual([
    ['lo0/v4', '127.0.0.1/8'],
    ['a_rather_long_name0/v4static', '192.168.1.10/24'],
    ['igb0/v6', 'fe80::a236:9fff:fe01:203/10'],
    ['lo0/v6', '::1/128'],
  ]);
});

test('makes an address or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('link/ipadm-show-addr'), (any) => {
      const { value, complaints } = ipadmShowAddr.parse(any);
      expect(value.length + complaints.length).toBe(splitLines(any).length);
      expect(() => parseShowAddrTable(any)).not.toThrow();
    }),
  );
});
