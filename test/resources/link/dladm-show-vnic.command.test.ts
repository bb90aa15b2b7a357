import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import {
  dladmShowVnic,
  parseShowVnic,
  parseShowVnicTable,
} from '../../../src/resources/link/dladm-show-vnic.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-vnic/${name}`);
const parse = (name: string) => dladmShowVnic.parse(text(name));

test('asks with the zone first, so that the exit code is that of the call without it', () => {
  expect(dladmShowVnic.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-vnic', '-p', '-o', 'link,over,vid,macaddress,zone'],
    ['echo', '=== labtop: without zone'],
    ['dladm', 'show-vnic', '-p', '-o', 'link,over,vid,macaddress'],
  ]);
});

test('joins the zones of the first call to the VNICs of the second', () => {
  expect(parse('with-zone.txt')).toEqual({
    value: [
      {
        name: 'etcd_net0',
        over: 'aggr0',
        vlanId: 48,
        macAddress: '02:08:20:43:4e:9c',
        zone: 'etcd1',
      },
      { name: 'gz0', over: 'aggr0', vlanId: 0, macAddress: '02:08:20:ab:01:02', zone: null },
      { name: 'late0', over: '?', vlanId: 20, macAddress: null, zone: null },
    ],
    complaints: [],
  });
});

test('joins the name of a zone that a narrow terminal has broken', () => {
  const { value, complaints } = parseShowVnicTable(
    `LINK         OVER       SPEED MACADDRESS        MACADDRTYPE VID  ZONE
net0         igb0       0     b2:f2:42:c0:5e:15 fixed       0    6f1c2d3
a-7c74-459e-8534-00d1f79a07ea
net0         igb0       0     c2:d3:e4:57:55:ea fixed       0    web
net0         igb0       0     c2:81:e:6d:fb:66  fixed       0    1de9cab
6-a810-492d-9b1d-836ccdcd7022
`,
  );
  expect(complaints).toEqual([]);
  expect(value.map(({ zone }) => zone)).toEqual([
    '6f1c2d3a-7c74-459e-8534-00d1f79a07ea',
    'web',
    '1de9cab6-a810-492d-9b1d-836ccdcd7022',
  ]);
});

test('keeps the zones of VNICs of the same name apart', () => {
  const rows = [
    String.raw`net0:aggr0:0:72\:96\:a1\:3d\:e9\:87`,
    String.raw`net0:aggr0:0:b2\:aa\:d8\:da\:6d\:4b`,
  ];
  const { value } = dladmShowVnic.parse(
    `${rows[0]}:web\n${rows[1]}:db\n=== labtop: without zone\n${rows.join('\n')}\n`,
  );
  expect(value.map(({ name, zone }) => `${name} ${zone}`)).toEqual(['net0 web', 'net0 db']);
});

test('does without zones on a release that has no such field', () => {
  const { value, complaints } = parse('release-without-zone.txt');
  expect(complaints).toEqual([]);
  expect(value).toMatchObject([{ name: 'etcd_net0', vlanId: 48, zone: null }]);
});

test('keeps what there is of an answer that was cut before its second half, and says so', () => {
  const { value, complaints } = parse('cut-before-mark.txt');
  expect(value).toMatchObject([{ name: 'etcd_net0', zone: 'etcd1' }]);
  expect(complaints).toMatchObject([{ line: 0 }]);
});

test('complains about an id that is none, too few fields and a missing name', () => {
  const { value, complaints } = parse('garbage.txt');
  expect(value).toEqual([]);
  expect(complaints.map(({ line }) => line)).toEqual([1, 3, 4]);
});

test('reads other fields than its own', () => {
  expect(parseShowVnic('web0:web:net0:1000\n', ['link', 'zone', 'over', 'speed']).value).toEqual([
    { name: 'web0', over: 'net0', vlanId: null, macAddress: null, zone: 'web' },
  ]);
});

test('reads the table for people without the column of the zone', () => {
  const { value, complaints } = parseShowVnicTable(text('table-without-zone.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, vlanId, macAddress }) => [name, vlanId, macAddress])).toEqual([
    ['web0', 20, '02:08:20:43:4e:9c'],
    ['web1', 0, '02:08:20:43:4e:9d'],
  ]);
});

test('reads a table whose header and rows are broken', () => {
  const { value, complaints } = parseShowVnicTable(text('table-broken-at-72.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, vlanId, zone }) => [name, vlanId, zone])).toEqual([
    ['web0', 20, 'web'],
    ['gz0', 0, null],
  ]);
});

test('a type of address may be of several words', () => {
  const { value, complaints } = parseShowVnicTable(text('table-types-with-blanks.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ name, vlanId, zone }) => [name, vlanId, zone])).toEqual([
    ['web0', 47, 'web'],
    ['vrrp0', 0, null],
    ['slot0', 50, 'home'],
  ]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-vnic'), (any) => {
      expect(() => [dladmShowVnic.parse(any), parseShowVnicTable(any)]).not.toThrow();
    }),
  );
});
