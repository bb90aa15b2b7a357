import type { HostRule } from '../../domain/problem.ts';
import { isVmBrand } from '../../domain/zone.ts';
import { downZones } from './zone-down.rule.ts';

/** A virtual machine whose zone has autoboot=true and does not run. */
export const vmDown: HostRule<'zones' | 'zoneConfigs'> = {
  id: 'vm.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 3,
  needs: ['zones', 'zoneConfigs'],
  check: (_fresh, host) => downZones(host, ({ brand }) => isVmBrand(brand)),
};
