import { expect, test } from 'vitest';
import { readVmAttributes } from '../../../src/resources/zone/vm-attributes.ts';
import { makeVm } from '../../derive/inventory.ts';

const read = (attributes: Readonly<Record<string, string>>, brand = 'bhyve') =>
  readVmAttributes(brand, new Map(Object.entries(attributes)), []);

test.for([
  ['4', 4],
  ['cpus=4,sockets=2,cores=1', 4],
  ['sockets=2,cores=3', 6],
  ['sockets=x,cores=3', null],
  ['many', null],
] as const)('reads vcpus %s as %s', ([vcpus, count]) => {
  expect(read({ vcpus }).vcpus).toBe(count);
});

test.for([
  ['2048', 2 ** 31],
  ['1G', 2 ** 30],
  ['lots', null],
] as const)('reads ram %s as %s bytes', ([ram, bytes]) => {
  expect(read({ ram }).ramBytes).toBe(bytes);
});

test('does not guess the defaults of other brands', () => {
  expect(read({}, 'kvm')).toEqual(makeVm());
});

test('reads how the guest is started, and what it is given', () => {
  expect(
    read({
      bootrom: 'BHYVE_CSM',
      bootorder: 'path0,bootdisk,cdrom0',
      type: 'windows',
      diskif: 'nvme',
      netif: 'e1000',
      ppt0: 'on',
      ppt1: 'off',
      ppt12: '/pci@0,0/pci8086,1',
    }),
  ).toMatchObject({
    bootrom: 'BHYVE_CSM',
    bootOrder: 'path0,bootdisk,cdrom0',
    guestType: 'windows',
    diskInterface: 'nvme',
    netInterface: 'e1000',
    passedThrough: ['ppt0', 'ppt12'],
  });
});

test.for([
  [undefined, null],
  ['on', 'on'],
  ['TRUE', 'on'],
  ['off', 'off'],
  ['0', 'off'],
  ['/etc/cloud/user-data with hunter2', 'custom'],
  ['http://192.0.2.1/?token=TOPSECRET', 'custom'],
] as const)('of cloud-init %s it keeps %s', ([value, kept]) => {
  expect(read(value === undefined ? {} : { 'cloud-init': value }).cloudInit).toBe(kept);
});

test('keeps no value that is not a name', () => {
  expect(read({ bootrom: '/root/my secret.fd', type: 'a b' })).toMatchObject({
    bootrom: null,
    guestType: null,
  });
});

test('drops every VNC option that is not known to be harmless', () => {
  expect(read({ vnc: 'on' }).vnc).toBe('on');
  expect(read({ vnc: 'password=a,b,unix=/x,token=c' }).vnc).toBe('unix=/x');
  expect(read({ vnc: 'password=a' }).vnc).toBeNull();
});
