import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { vmsOf } from '../../domain/joined.ts';
import { ownText } from '../../domain/own-text.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { VcpuTimes } from '../../domain/vcpu.ts';
import type { KstatRow } from '../../parse/kstat-lines.ts';
import { parseKstatLines } from '../../parse/kstat-lines.ts';
import { parseCounter } from '../../parse/numbers.ts';

/** The kernel has a kstat for each vCPU that a machine might have, 32 or 64 of them. */
const MOST_VCPUS = 64;
const TIMES = [
  'time_init',
  'time_run',
  'time_idle',
  'time_emu_kern',
  'time_emu_user',
  'time_sched',
] as const;

/**
 * What the vCPUs of machines spend their time with, from the kstats of the kernel's hypervisor
 * (usr/src/uts/intel/io/vmm): the machine's name stands in the kstat `vm`, its vCPUs in others of the same instance.
 * `time_sched` is the time off the CPU although ready. Any user may read them; older kernels do not have them, and
 * kstat(8) exits with 1 then.
 */
export const vmmKstats: HostCommand<'vcpus'> = {
  id: 'vmm-kstats',
  feed: 'vcpus',
  pace: 'slow',
  every: 2,
  timeoutSeconds: 20,
  question: (known) => {
    const count = mostVcpus(known);
    if (count === 0) return undefined;
    const numbers = Array.from({ length: count }, (_, index) => index).join('|');
    return [
      ['kstat', '-p', 'vmm::vm:vm_name', `vmm::/^vcpu(${numbers})$/:/^(${TIMES.join('|')})$/`],
    ];
  },
  unasked: 'no virtual machine of bhyve runs',
  parse: parseVmmKstats,
  fold: foldVcpus,
  hides: 'how long virtual machines wait for a CPU of the host',
  goodExitCodes: [1],
};

function mostVcpus(host: HostInventory): number {
  if (lastKnown(host.feeds.zones) === undefined) return 0;
  const running = vmsOf(host).filter(
    ({ state, brand }) => state === 'running' && brand === 'bhyve',
  );
  return Math.min(MOST_VCPUS, Math.max(0, ...running.map(({ vm }) => vm?.vcpus ?? 1)));
}

/** What the vCPUs of one machine have spent, by vCPU and statistic; null for what was no number. */
type Machine = { readonly first: KstatRow; readonly times: Map<string, bigint | null> };

const VCPU = /^vcpu[0-9]+$/;
const IS_TIME: ReadonlySet<string> = new Set(TIMES);

/** The vCPUs of each machine together, by its name. A machine of which one time is not known is left out. */
export function parseVmmKstats(stdout: string): Parsed<ReadonlyMap<string, VcpuTimes>> {
  const { value: rows, complaints: unread } = parseKstatLines(stdout);
  const complaints: Complaint[] = [...unread];
  const names = new Map<number, string>();
  const machines = new Map<number, Machine>();
  for (const row of rows) {
    const { module, instance, name, statistic } = row;
    if (module === 'vmm' && name === 'vm' && statistic === 'vm_name')
      names.set(instance, ownText(row.value));
    else if (module !== 'vmm' || !VCPU.test(name) || !IS_TIME.has(statistic))
      complaints.push(complaint(row.line, row.text, 'not a kstat of a virtual machine'));
    else {
      let machine = machines.get(instance);
      if (!machine) machines.set(instance, (machine = { first: row, times: new Map() }));
      const time = parseCounter(row.value);
      machine.times.set(`${name} ${statistic}`, time);
      if (time === null)
        complaints.push(complaint(row.line, row.text, `${statistic} is not a number`));
    }
  }
  const value = new Map<string, VcpuTimes>();
  for (const [instance, { first, times }] of machines) {
    const name = names.get(instance);
    const sums = sumOf(times);
    if (name === undefined)
      complaints.push(complaint(first.line, first.text, `no name for machine ${instance}`));
    else if (sums) value.set(name, sums);
  }
  return { value, complaints };
}

function sumOf(times: ReadonlyMap<string, bigint | null>): VcpuTimes | undefined {
  const sums = Object.fromEntries(TIMES.map((name) => [name, 0n])) as Record<
    (typeof TIMES)[number],
    bigint
  >;
  for (const [key, time] of times) {
    const statistic = TIMES.find((name) => key.endsWith(` ${name}`));
    if (time === null || statistic === undefined) return undefined;
    sums[statistic] += time;
  }
  return {
    runNs: sums.time_run,
    idleNs: sums.time_init + sums.time_idle,
    emulationNs: sums.time_emu_kern + sums.time_emu_user,
    waitNs: sums.time_sched,
    stealPercent: null,
  };
}

const totalOf = ({ runNs, idleNs, emulationNs, waitNs }: VcpuTimes): bigint =>
  runNs + idleNs + emulationNs + waitNs;

/** With the part of the time between two answers that each machine waited. One that was started anew begins anew. */
function foldVcpus(
  previous: ReadonlyMap<string, VcpuTimes>,
  next: ReadonlyMap<string, VcpuTimes>,
): ReadonlyMap<string, VcpuTimes> {
  return new Map(
    [...next].map(([name, now]) => {
      const before = previous.get(name);
      if (!before) return [name, now];
      const span = totalOf(now) - totalOf(before);
      const waited = now.waitNs - before.waitNs;
      const isOnward = span > 0n && waited >= 0n && waited <= span;
      return [
        name,
        { ...now, stealPercent: isOnward ? (100 * Number(waited)) / Number(span) : null },
      ];
    }),
  );
}
