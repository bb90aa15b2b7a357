import { MIB } from '../plan.ts';
import { hostCpuUs, type HostModel } from './host.ts';
import { nanoseconds, stat, type Kstat } from './kstat.ts';
import { loadAverages, memoryPages } from './memory.ts';
import { splitSum, sumAt, type Curve } from './meter.ts';
import { globalProcessCount, zoneProcessCount } from './processes.ts';

export function systemKstats(host: HostModel, now: number): readonly Kstat[] {
  const seconds = Math.floor((now - host.bootedAt) / 1000);
  return [
    stat(['unix', 0, 'system_misc', 'misc'], 0, () => {
      const [load1, load5, load15] = loadAverages(host, now);
      return {
        avenrun_1min: Math.round(load1 * 256),
        avenrun_5min: Math.round(load5 * 256),
        avenrun_15min: Math.round(load15 * 256),
        boot_time: Math.floor(host.bootedAt / 1000),
        clk_intr: seconds * 100,
        deficit: 0,
        lbolt: seconds * 100,
        ncpus: host.plan.cpuCount,
        nproc: [...host.zones.values()].reduce(
          (sum, zone) => sum + zoneProcessCount(host, zone),
          globalProcessCount(host),
        ),
        vac: 0,
      };
    }),
    stat(['unix', 0, 'system_pages', 'pages'], 0, () => {
      const memory = memoryPages(host, now);
      const lotsfree = Math.floor(memory.physmem / 64);
      return {
        availrmem: memory.freemem + Math.floor(memory.resident * 0.6),
        desfree: Math.floor(lotsfree / 2),
        freemem: memory.freemem,
        lotsfree,
        minfree: Math.floor(lotsfree / 4),
        pagesfree: memory.freemem,
        pageslocked: memory.kernel + memory.arc,
        pagestotal: memory.physmem,
        physmem: memory.physmem,
        pp_kernel: memory.kernel + Math.floor(memory.arc / 12),
      };
    }),
    stat(['unix', 0, 'vminfo', 'vm'], 0, () => vminfo(host, seconds, now)),
    stat(['zfs', 0, 'arcstats', 'misc'], 12, () => {
      const size = memoryPages(host, now).arc * 4096;
      const reads = sumAt(host.globalCpu.curve, seconds) * 90_000;
      return {
        arc_meta_used: Math.floor(size / 8),
        c: size + 64 * MIB,
        c_max: Math.floor(host.plan.memoryBytes * 0.9),
        c_min: Math.floor(host.plan.memoryBytes / 32),
        hits: Math.floor(reads * 0.97),
        l2_hits: 0,
        l2_misses: 0,
        l2_size: 0,
        memory_throttle_count: 0,
        mfu_size: Math.floor(size * 0.6),
        misses: Math.floor(reads * 0.03),
        mru_size: Math.floor(size * 0.3),
        size,
      };
    }),
  ];
}

/** Sums that rise once a second: pages times seconds. */
function vminfo(host: HostModel, seconds: number, now: number) {
  const at = (curve: Curve) => Math.floor(sumAt(curve, seconds));
  const alloc = at(host.pressure.swapAlloc.curve);
  // clock.c: what is allocated is reserved too.
  const resv = alloc + at(host.pressure.swapResv.curve);
  const total = Math.floor(memoryPages(host, now).physmem * 1.02) * seconds;
  return {
    swap_alloc: alloc,
    swap_avail: total - resv,
    swap_free: total - alloc,
    swap_resv: resv,
    updates: seconds,
  };
}

export function cpuKstats(host: HostModel, now: number): readonly Kstat[] {
  const total = hostCpuUs(host, now);
  const weights = Array.from({ length: host.plan.cpuCount }, (_, cpu) => 3 + ((cpu * 5) % 3));
  const user = splitSum(total.user, weights);
  const kernel = splitSum(total.kernel, weights);
  const elapsed = (now - host.bootedAt) * 1000;
  return weights.flatMap((_, cpu) => {
    const userUs = user[cpu] ?? 0;
    const kernelUs = kernel[cpu] ?? 0;
    return [
      stat(['cpu', cpu, 'sys', 'misc'], 2, () => ({
        cpu_nsec_idle: nanoseconds(elapsed - userUs - kernelUs),
        cpu_nsec_intr: nanoseconds(Math.floor(kernelUs / 9)),
        cpu_nsec_kernel: nanoseconds(kernelUs),
        cpu_nsec_user: nanoseconds(userUs),
        cpu_ticks_wait: 0,
        syscall: Math.floor(userUs / 11),
      })),
      stat(['cpu_info', cpu, `cpu_info${cpu}`, 'misc'], 3, () => ({
        brand: host.plan.cpuBrand,
        chip_id: 0,
        clock_MHz: 2000,
        core_id: cpu % (host.plan.cpuCount / 2),
        current_clock_Hz: 2_000_000_000,
        ncore_per_chip: host.plan.cpuCount / 2,
        ncpu_per_chip: host.plan.cpuCount,
        state: 'on-line',
        state_begin: Math.floor(host.bootedAt / 1000) + 3,
        vendor_id: 'GenuineIntel',
      })),
    ];
  });
}
