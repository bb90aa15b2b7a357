import { bytes } from '../../domain/format.ts';
import { vmsOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { THRESHOLDS } from '../../domain/thresholds.ts';
import { capFinding } from './zone-memory.rule.ts';

/**
 * A VM whose zone has less memory than its guest was promised: its RSS is near the zone's cap, or the cap is below the
 * guest's RAM. How much of its RAM the guest uses, nothing on the host tells.
 */
export const vmMemory: HostRule<'zones' | 'zoneConfigs' | 'kstats'> = {
  id: 'vm.memory',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['vm.memory'],
  needs: ['zones', 'zoneConfigs', 'kstats'],
  check: (_fresh, host, _now, context) =>
    vmsOf(host).flatMap((vm) => capFinding(vm, context, raiseHint(vm)) ?? promiseFinding(vm) ?? []),
};

const raiseHint = ({ name, vm }: Zone): string =>
  `give the zone more than its guest's RAM${vm?.ramBytes ? ` of ${bytes(vm.ramBytes)}` : ''}: zonecfg -z ${name}, capped-memory`;

function promiseFinding(vm: Zone): Finding | undefined {
  const ram = vm.vm?.ramBytes ?? null;
  const cap = vm.memoryCapBytes;
  if (ram === null || cap === null || cap >= ram) return undefined;
  return {
    subject: vm.ref,
    title: `guest RAM ${bytes(ram)} is more than its zone's memory cap ${bytes(cap)}`,
    evidence: {
      ramBytes: ram,
      memoryCapBytes: cap,
      rssBytes: vm.rssBytes,
      from: `zonecfg -z ${vm.name} export`,
    },
    hint: raiseHint(vm),
  };
}
