import { expect, test } from 'vitest';
import { readVmAttributes } from '../../../src/resources/zone/vm-attributes.ts';

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
  expect(read({}, 'kvm')).toEqual({ vcpus: null, ramBytes: null, disks: [], vnc: null });
});

test('drops every VNC option that is not known to be harmless', () => {
  expect(read({ vnc: 'on' }).vnc).toBe('on');
  expect(read({ vnc: 'password=a,b,unix=/x,token=c' }).vnc).toBe('unix=/x');
  expect(read({ vnc: 'password=a' }).vnc).toBeNull();
});
