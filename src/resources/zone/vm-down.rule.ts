import { guestState, hostFresh, vmsOf } from '../../domain/joined.ts';
import type { HostRule } from '../../domain/problem.ts';
import { isVmBrand } from '../../domain/zone.ts';
import { downZones, isAway } from './zone-down.rule.ts';

/** A virtual machine whose zone has autoboot=true and does not run, or whose zone runs without a guest in it. */
export const vmDown: HostRule<'zones' | 'zoneConfigs'> = {
  id: 'vm.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0.5,
  needs: ['zones', 'zoneConfigs'],
  check: (_fresh, host, now) => [
    ...downZones(host, now, ({ brand }) => isVmBrand(brand)),
    ...(hostFresh(host, 'kstats', now) ? vmsOf(host) : [])
      .filter((vm) => guestState(vm) === 'none' && !isAway(host, vm, now))
      .map((vm) => ({
        subject: vm.ref,
        title: 'its zone runs, but no guest in it',
        evidence: {
          state: vm.stateText,
          initPid: vm.initPid,
          brand: vm.brand,
          from: `kstat zones:${vm.zoneId ?? ''}:${vm.name}:init_pid`,
        },
        hint: `see ${vm.path}/root/tmp/init.log, then r restarts it`,
      })),
  ],
};
