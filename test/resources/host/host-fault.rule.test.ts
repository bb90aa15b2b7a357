import { expect, test } from 'vitest';
import type { Fault } from '../../../src/domain/fault.ts';
import { hostFault } from '../../../src/resources/host/host-fault.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const fault = (change: Partial<Fault> = {}): Fault => ({
  id: '0f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11',
  messageId: 'ZFS-8000-FD',
  severity: 'Major',
  timeText: 'Nov 20 10:02:55',
  classes: ['fault.fs.zfs.vdev.io'],
  affects: ['zfs://pool=tank/vdev=3706b5d93e20f727'],
  fru: null,
  description: 'Too many I/O errors.',
  response: null,
  impact: 'Fault tolerance may be compromised.',
  action: 'Replace the bad device.',
  ...change,
});
const check = (...faults: readonly Fault[]) =>
  hostFault.check({ faults }, makeHost('store1', {}), NOW, plainContext);

test.each([
  ['no case', [], []],
  [
    'a case of a disk',
    [fault()],
    [['critical', 'ZFS-8000-FD zfs://pool=tank/vdev=3706b5d93e20f727']],
  ],
  ['a minor one', [fault({ severity: 'Minor' })], [['warning', expect.any(String)]]],
  ['a part with a name', [fault({ fru: 'DIMM 0' })], [['critical', 'ZFS-8000-FD DIMM 0']]],
  ['a service in maintenance, which other rules tell', [fault({ messageId: 'SMF-8000-YX' })], []],
] as const)('%s', (_, faults, expected) => {
  expect(check(...faults).map(({ severity, title }) => [severity, title])).toEqual(expected);
});

test('gives the evidence and what the fault manager says to do', () => {
  expect(check(fault())[0]).toMatchObject({
    subject: 'fault:store1/0f3c2a8e-7c1d-4d4e-9a52-0b7d6f1c2e11',
    evidence: { class: 'fault.fs.zfs.vdev.io', impact: 'Fault tolerance may be compromised.' },
    hint: 'Replace the bad device.',
  });
});
