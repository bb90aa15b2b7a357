import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import { parseZoneadmList } from '../../../src/resources/zone/zoneadm-list.command.ts';
import {
  parseZonecfgInfo,
  zonecfgExport,
} from '../../../src/resources/zone/zonecfg-export.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`zone/zonecfg-export/${name}`);
const SECRETS = /hunter2|TOPSECRET|correct horse/;

const hostWithZones = (...names: readonly string[]): HostInventory => {
  const host = emptyHost('omni1', 0);
  const list = names.map((name) => `-:${name}:installed:/zones/${name}::lipkg:excl:\n`).join('');
  return {
    ...host,
    feeds: {
      ...host.feeds,
      zones: {
        status: 'ok',
        value: parseZoneadmList(list).value,
        at: 0,
        freshUntil: 0,
        complaints: [],
        durationMs: 0,
      },
    },
  };
};

test('reads the addresses that brand lx is told by properties of its nets', () => {
  const { value, complaints } = zonecfgExport.parse(
    '=== labtop: zone lx0\ncreate -b\nset brand=lx\nadd net\nset physical=lx0\n' +
      'add property (name=gateway,value="10.0.20.1")\n' +
      'add property (name=ips,value="10.0.20.9/24,fd00::9/64")\n' +
      'add property (name=primary,value="true")\nend\n' +
      'add net\nset physical=lx1\nadd property (name=ips,value="dhcp,addrconf")\nend\n',
  );
  expect(complaints).toEqual([]);
  expect(value[0]?.nets.map(({ addresses }) => addresses)).toEqual([
    ['10.0.20.9/24', 'fd00::9/64'],
    [],
  ]);
});

test('reads resources that info numbers', () => {
  const { value, complaints } = parseZonecfgInfo(
    'zonename: kz1\nbrand: solaris-kz\nanet 0:\n\tlinkname: net0\nanet 1:\n\tlinkname: net1\n',
  );
  expect(complaints).toEqual([]);
  expect(value?.nets.map(({ physical }) => physical)).toEqual(['net0', 'net1']);
});

test('asks nothing before the zones are known', () => {
  expect(zonecfgExport.question(emptyHost('omni1', 0))).toBeUndefined();
});

test('asks for each known zone whose name is a zone name, behind a mark', () => {
  const question = zonecfgExport.question(hostWithZones('web', '-z', 'a b', '$(x)', 'dns-1.x_y'));
  expect(question).toEqual([
    ['echo', '=== labtop: zone web'],
    ['zonecfg', '-z', 'web', 'export'],
    ['echo', '=== labtop: zone dns-1.x_y'],
    ['zonecfg', '-z', 'dns-1.x_y', 'export'],
  ]);
});

test('gets an empty answer from a host without zones', () => {
  const question = zonecfgExport.question(hostWithZones()) ?? [];
  const stdout = question.map(([, ...rest]) => `${rest.join(' ')}\n`).join('');
  expect(zonecfgExport.parse(stdout)).toEqual({ value: [], complaints: [] });
});

test('reads nets, datasets and caps of a zone', () => {
  const { value, complaints } = zonecfgExport.parse(text('three-zones.txt'));
  expect(complaints).toEqual([]);
  expect(value[0]).toEqual({
    zone: 'etcd1',
    brand: 'sparse',
    autoboot: true,
    ipType: 'exclusive',
    cpuCapPercent: 250,
    memoryCapBytes: 4 * 2 ** 30,
    swapCapBytes: 8 * 2 ** 30,
    nets: [
      {
        physical: 'etcd_net0',
        globalNic: 'aggr0',
        vlanId: 48,
        addresses: ['10.0.48.11/24', 'fd00:48::11/64'],
      },
      { physical: 'cp0', globalNic: null, vlanId: null, addresses: [] },
    ],
    vm: null,
    datasets: ['zones/data/etcd1'],
  });
});

test('reads the hardware of a virtual machine, boot disk first and disks by number', () => {
  const { value } = zonecfgExport.parse(text('three-zones.txt'));
  expect(value[1]?.vm).toMatchObject({
    vcpus: 4,
    ramBytes: 2 * 2 ** 30,
    disks: ['rpool/vm/pfsense1', 'rpool/vm/two', 'rpool/vm/ten', 'rpool/vm/extra'],
    vnc: 'unix=/tmp/vm.vnc,w=1024',
  });
});

test('knows what bhyve takes when nothing is set', () => {
  const { value } = zonecfgExport.parse(text('three-zones.txt'));
  expect(value[2]).toMatchObject({
    zone: 'tiny',
    autoboot: null,
    ipType: null,
    vm: expect.objectContaining({ vcpus: 1, ramBytes: 2 ** 30, disks: [], vnc: null }),
  });
});

test('never keeps a secret, neither as a value nor in a complaint', () => {
  for (const name of [
    'three-zones.txt',
    'missing-zone-and-secrets-in-broken-lines.txt',
    'info.txt',
  ]) {
    expect(JSON.stringify(zonecfgExport.parse(text(name)))).not.toMatch(SECRETS);
    expect(JSON.stringify(parseZonecfgInfo(text(name)))).not.toMatch(SECRETS);
  }
});

test('complains about a gone zone, lines that are no statements and a resource that was cut', () => {
  const { value, complaints } = zonecfgExport.parse(
    text('missing-zone-and-secrets-in-broken-lines.txt'),
  );
  expect(complaints.map(({ line, text }) => [line, text.slice(0, 6)])).toEqual([
    [1, '(not r'],
    [0, 'gone'],
    [16, '(not r'],
    [19, '(not r'],
    [19, '(not r'],
  ]);
  expect(value).toMatchObject([
    {
      zone: 'web',
      autoboot: false,
      ipType: 'shared',
      cpuCapPercent: 150,
      memoryCapBytes: null,
      swapCapBytes: 2 ** 31,
    },
  ]);
});

test('reads the text of zonecfg info', () => {
  const { value, complaints } = parseZonecfgInfo(text('info.txt'));
  expect(complaints).toEqual([]);
  expect(value).toEqual({
    zone: 'pihole1',
    brand: 'bhyve',
    autoboot: true,
    ipType: 'exclusive',
    cpuCapPercent: 200,
    memoryCapBytes: 4 * 2 ** 30,
    swapCapBytes: 6 * 2 ** 30,
    nets: [{ physical: 'pihole0', globalNic: 'aggr0', vlanId: 70, addresses: ['10.0.70.5/24'] }],
    vm: expect.objectContaining({
      vcpus: 1,
      ramBytes: 2 ** 30,
      disks: ['zones/vm/pihole1'],
      vnc: null,
    }),
    datasets: [],
  });
});

test('reads the configuration of every brand', () => {
  const { value, complaints } = zonecfgExport.parse(text('every-brand.txt'));
  expect(complaints).toEqual([]);
  expect(value.map(({ zone, brand, autoboot }) => [zone, brand, autoboot])).toEqual([
    ['ipkg1', 'ipkg', false],
    ['pkgsrc-1.lab', 'pkgsrc', true],
    ['lx1', 'lx', true],
    ['illumos1', 'illumos', null],
    ['kvm1', 'kvm', true],
    ['emu1', 'emu', null],
    ['bhyve1', 'bhyve', true],
    ['odd1', 'omicron1', false],
  ]);
  const [ipkg, pkgsrc, lx, illumos, kvm, emu, bhyve, odd] = value;
  expect(ipkg).toMatchObject({
    ipType: 'shared',
    nets: [{ physical: 'igb0', globalNic: null, addresses: ['192.0.2.7/24'] }],
    vm: null,
  });
  expect(pkgsrc).toMatchObject({
    cpuCapPercent: 50,
    memoryCapBytes: 1.5 * 2 ** 30,
    swapCapBytes: 512 * 2 ** 20,
    nets: [
      { physical: 'pkg0', vlanId: 20, addresses: ['10.0.20.5/24'] },
      { physical: 'pkg1', vlanId: null, addresses: ['10.0.21.5/24'] },
    ],
  });
  expect(lx).toMatchObject({ memoryCapBytes: 3 * 2 ** 30, cpuCapPercent: null });
  expect(illumos).toMatchObject({
    cpuCapPercent: 150,
    swapCapBytes: 2 * 2 ** 30,
    datasets: ['tank/delegated/illumos1', 'tank/with blank'],
  });
  expect(kvm?.vm).toMatchObject({ vcpus: 2, ramBytes: 2 ** 30, disks: ['tank/kvm1'] });
  expect(emu?.vm).toMatchObject({ vcpus: null, guestType: 'aarch64', cloudInit: 'custom' });
  expect(bhyve?.vm).toMatchObject({
    bootrom: 'BHYVE_RELEASE',
    cloudInit: 'on',
    diskInterface: 'nvme',
    disks: ['tank/vm/one'],
  });
  expect(odd).toMatchObject({ vm: null, nets: [{ physical: 'oxBootstrap0' }] });
  expect(JSON.stringify(value)).not.toMatch(SECRETS);
});

test('finds no zone in a text that names none', () => {
  expect(parseZonecfgInfo('brand: lx\n').value).toBeNull();
});

test('never throws and never repeats a line', () => {
  fc.assert(
    fc.property(hostileText('zone/zonecfg-export'), (any) => {
      expect(JSON.stringify(zonecfgExport.parse(any).complaints)).not.toMatch(SECRETS);
      expect(JSON.stringify(parseZonecfgInfo(any).complaints)).not.toMatch(SECRETS);
    }),
  );
});
