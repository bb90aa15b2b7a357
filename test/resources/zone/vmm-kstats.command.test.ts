import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { vmsOf } from '../../../src/domain/joined.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { vmmKstats } from '../../../src/resources/zone/vmm-kstats.command.ts';
import { answered, makeConfig, makeHost, makeVm, makeZone } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => vmmKstats.parse(readFixture(`zone/vmm-kstats/${name}`));

type Machine = readonly [change: Partial<ZoneEntry>, vcpus: number];

const withMachines = (...machines: readonly Machine[]) =>
  makeHost('omni1', {
    zones: answered(
      machines.map(([change], index) => makeZone(`vm${index}`, { brand: 'bhyve', ...change })),
    ),
    zoneConfigs: answered(
      machines.map(([, vcpus], index) =>
        makeConfig(`vm${index}`, { brand: 'bhyve', vm: makeVm({ vcpus }) }),
      ),
    ),
  });

test('asks for as many vCPUs as the largest machine has that runs', () => {
  const names = (...machines: readonly Machine[]) =>
    vmmKstats.question(withMachines(...machines))?.[0]?.at(-1);
  expect(names([{}, 1], [{}, 4], [{ state: 'installed' }, 16])).toBe(
    'vmm::/^vcpu(0|1|2|3)$/:/^(time_init|time_run|time_idle|time_emu_kern|time_emu_user|time_sched)$/',
  );
  expect(names([{}, 500])).toContain('|63)$/');
  expect(names([{ brand: 'lipkg' }, 4], [{ brand: 'kvm' }, 4])).toBeUndefined();
  expect(vmmKstats.question(emptyHost('omni1', 0))).toBeUndefined();
});

test('adds the vCPUs of each machine up', () => {
  const { value, complaints } = parse('two-machines.txt');
  expect(complaints).toEqual([]);
  expect([...value]).toEqual([
    ['jump', { runNs: 380n, idleNs: 1510n, emulationNs: 30n, waitNs: 80n, stealPercent: null }],
    [
      'homeassistant',
      { runNs: 500n, idleNs: 1000n, emulationNs: 0n, waitNs: 0n, stealPercent: null },
    ],
  ]);
});

test('tells how much of the time between two answers a machine waited for a CPU', () => {
  const { value: before } = parse('two-machines.txt');
  const steal = (change: { readonly runNs?: bigint; readonly waitNs?: bigint }) => {
    const jump = before.get('jump');
    if (!jump) throw new Error('the fixture has no jump');
    const next = new Map([['jump', { ...jump, ...change }]]);
    return vmmKstats.fold?.(before, next, { previous: 0, next: 60_000 }).get('jump')?.stealPercent;
  };
  expect(steal({ runNs: 455n, waitNs: 105n })).toBe(25);
  expect(steal({ runNs: 480n })).toBe(0);
  // Nothing moved, or the machine was started anew.
  expect(steal({})).toBeNull();
  expect(steal({ runNs: 10n, waitNs: 1n })).toBeNull();
  expect(
    vmmKstats.fold?.(new Map(), before, { previous: 0, next: 1 }).get('jump')?.stealPercent,
  ).toBeNull();
});

test('stands with the machine as long as it runs', () => {
  const vcpus = answered(
    new Map([['vm0', { runNs: 1n, idleNs: 1n, emulationNs: 0n, waitNs: 1n, stealPercent: 12 }]]),
  );
  const stealOf = (change: Partial<ZoneEntry>) => {
    const known = withMachines([change, 2]);
    return vmsOf({ ...known, feeds: { ...known.feeds, vcpus } })[0]?.stealPercent;
  };
  expect(stealOf({})).toBe(12);
  expect(stealOf({ state: 'installed' })).toBeNull();
});

test('complains about what is no time of a known machine; without one of its times its sums are not known', () => {
  const { value, complaints } = parse('garbage.txt');
  expect([...value.keys()]).toEqual(['home']);
  expect(value.get('home')?.waitNs).toBe(7n);
  expect(new Set(complaints.map(({ line }) => line))).toEqual(new Set([2, 4, 5, 6, 9]));
});

test('a time that is printed twice counts once', () => {
  const text = readFixture('zone/vmm-kstats/two-machines.txt');
  expect(vmmKstats.parse(text + text)).toEqual(vmmKstats.parse(text));
});

test('a kernel without these kstats has no machines to tell of', () => {
  expect(vmmKstats.goodExitCodes).toContain(1);
  expect(vmmKstats.parse('')).toEqual({ value: new Map(), complaints: [] });
});

test('never throws, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('zone/vmm-kstats'), (any) => {
      expect(() => vmmKstats.parse(any)).not.toThrow();
    }),
  );
});
