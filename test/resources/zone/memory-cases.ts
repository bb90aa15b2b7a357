import type { ZoneRates } from '../../../src/domain/host.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { NO_ZONE_RATES } from '../../../src/resources/host/kstat-rates.ts';
import type { vmMemory } from '../../../src/resources/zone/vm-memory.rule.ts';
import type { zoneMemory } from '../../../src/resources/zone/zone-memory.rule.ts';
import {
  answered,
  makeConfig,
  makeHost,
  makeKstats,
  makeZone,
  NOW,
  zoneCounters,
  makeVm,
} from '../../derive/inventory.ts';

export const MIB = 2 ** 20;
export type Shape = {
  readonly rssMib: number | null;
  readonly capMib?: number | null;
  readonly rates?: Partial<ZoneRates>;
  readonly raised?: Severity;
  readonly brand?: string;
  readonly ramMib?: number;
  readonly state?: 'running' | 'installed';
};

/** What a rule finds of one zone with so much memory. */
export function check(rule: typeof zoneMemory | typeof vmMemory, shape: Shape) {
  const { rssMib, capMib = 1000, rates, raised = null, brand = 'lipkg', state = 'running' } = shape;
  const zones = [makeZone('web', { brand, state })];
  const zoneConfigs = [
    makeConfig('web', {
      brand,
      memoryCapBytes: capMib === null ? null : capMib * MIB,
      vm:
        brand === 'bhyve'
          ? makeVm({ vcpus: 1, ramBytes: (shape.ramMib ?? 512) * MIB, disks: [], vnc: null })
          : null,
    }),
  ];
  const kstats = makeKstats({ zones: new Map([['web', { ...NO_ZONE_RATES, ...rates }]]) });
  const withZone = {
    ...kstats,
    counters: {
      ...kstats.counters,
      zones: new Map([
        [
          'web',
          zoneCounters({
            rssBytes: rssMib === null ? null : rssMib * MIB,
            rssCapBytes: capMib === null ? null : capMib * MIB,
          }),
        ],
      ]),
    },
  };
  const host = makeHost('omni1', {
    zones: answered(zones),
    zoneConfigs: answered(zoneConfigs),
    kstats: answered(withZone),
  });
  return rule.check({ zones, zoneConfigs, kstats: withZone }, host, NOW, {
    limits: THRESHOLDS['zone.memory'].defaults,
    raised: () => raised,
  });
}
/** The same in words. */
export const told = (rule: typeof zoneMemory | typeof vmMemory, shape: Shape) =>
  check(rule, shape).map(({ severity = 'warning', title }) => `${severity}: ${title}`);

export const STILL = { pagedOutBytesPerSecond: 0, capHitsPerSecond: 0 };
export const PAGING = { pagedOutBytesPerSecond: 12 * MIB, capHitsPerSecond: 0.4 };
