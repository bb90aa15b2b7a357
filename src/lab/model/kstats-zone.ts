import { KIB, MIB } from '../plan.ts';
import {
  globalCpuUs,
  zoneCpuUs,
  type HostModel,
  type ZoneModel,
  type ZoneRuntime,
} from './host.ts';
import { ioCounters, NAME_LIMIT, nanoseconds, NO_CAP, stat, type Kstat } from './kstat.ts';
import { capPressure, zoneRssBytes, zoneSwapBytes } from './memory.ts';
import { meterRate, readMeter, splitSum } from './meter.ts';
import { globalProcessCount, zoneProcessCount } from './processes.ts';

export function globalZoneKstats(host: HostModel, now: number): readonly Kstat[] {
  return commonZoneKstats({
    id: 0,
    name: 'global',
    crtime: 0,
    bootTime: Math.floor(host.bootedAt / 1000),
    initPid: 1,
    load: meterRate(host.globalCpu, now),
    cpu: globalCpuUs(host, now),
    rss: 0,
    swap: 700 * MIB,
    physcap: null,
    processes: globalProcessCount(host),
    pressure: { hits: 0, pagedOutBytes: 0 },
  });
}

export function zoneKstats(host: HostModel, zone: ZoneModel, now: number): readonly Kstat[] {
  const { runtime, plan } = zone;
  if (!runtime) return [];
  const crtime = (runtime.bootedAt - host.bootedAt) / 1000;
  const common = commonZoneKstats({
    id: runtime.id,
    name: plan.name,
    crtime,
    bootTime: Math.floor(runtime.bootedAt / 1000),
    initPid: runtime.initPid,
    load: meterRate(runtime.cpu, now),
    cpu: zoneCpuUs(runtime, now),
    rss: zoneRssBytes(host, zone, now),
    swap: zoneSwapBytes(host, zone, now),
    physcap: plan.memoryCapBytes,
    processes: zoneProcessCount(host, zone),
    pressure: capPressure(zone, now),
  });
  return [
    ...common,
    ...capKstats(zone, runtime, crtime, now),
    stat(['zone_vfs', runtime.id, plan.name.slice(0, NAME_LIMIT), 'zone_vfs'], crtime, () => ({
      zonename: plan.name,
      ...ioCounters(runtime.io.read, runtime.io.write, now, 16 * KIB),
      '10ms_ops': Math.floor(readMeter(runtime.io.read, now) / (400 * MIB)),
      '100ms_ops': Math.floor(readMeter(runtime.io.read, now) / (4000 * MIB)),
      '1s_ops': 0,
      '10s_ops': 0,
      delay_cnt: 0,
      delay_time: 0,
    })),
    ...vmKstats(zone, runtime, crtime, now),
  ];
}

type ZoneCounters = {
  readonly id: number;
  readonly name: string;
  readonly crtime: number;
  readonly bootTime: number;
  readonly initPid: number;
  readonly load: number;
  readonly cpu: { readonly user: number; readonly kernel: number };
  readonly rss: number;
  readonly swap: number;
  readonly physcap: number | null;
  readonly processes: number;
  /** What its memory cap has done to it. */
  readonly pressure: ReturnType<typeof capPressure>;
};

function commonZoneKstats(zone: ZoneCounters): readonly Kstat[] {
  const name = zone.name.slice(0, NAME_LIMIT);
  const zonename = zone.name;
  return [
    stat(['zones', zone.id, name, 'zone_misc'], zone.crtime, () => ({
      avenrun_1min: Math.round(zone.load * 256),
      avenrun_5min: Math.round(zone.load * 250),
      avenrun_15min: Math.round(zone.load * 245),
      boot_time: zone.bootTime,
      forkfail_cap: 0,
      forkfail_misc: 0,
      forkfail_nomem: 0,
      forkfail_noproc: 0,
      init_pid: zone.initPid,
      mapfail_seglim: 0,
      nested_interp: 0,
      nsec_sys: nanoseconds(zone.cpu.kernel),
      nsec_user: nanoseconds(zone.cpu.user),
      nsec_waitrq: nanoseconds(Math.floor((zone.cpu.user + zone.cpu.kernel) / 60)),
      zonename,
    })),
    stat(['memory_cap', zone.id, name, 'zone_memory_cap'], zone.crtime, () => ({
      anon_alloc_fail: 0,
      anonpgin: 0,
      execpgin: 0,
      fspgin: 0,
      nover: zone.pressure.hits,
      pagedout: zone.pressure.pagedOutBytes,
      pgpgin: 0,
      physcap: zone.physcap ?? NO_CAP,
      rss: zone.rss,
      swap: zone.swap,
      swapcap: zone.physcap === null ? NO_CAP : zone.physcap * 2,
      zonename,
    })),
    stat(['caps', zone.id, `nprocs_zone_${zone.id}`, 'zone_caps'], zone.crtime, () => ({
      usage: zone.processes,
      value: NO_CAP,
      zonename,
    })),
  ];
}

function capKstats(
  { plan }: ZoneModel,
  runtime: ZoneRuntime,
  crtime: number,
  now: number,
): readonly Kstat[] {
  const { cpuCapPercent } = plan;
  if (cpuCapPercent === null) return [];
  const usage = Math.min(cpuCapPercent, Math.round(meterRate(runtime.cpu, now) * 100));
  return [
    stat(['caps', runtime.id, `cpucaps_zone_${runtime.id}`, 'zone_caps'], crtime, () => ({
      above_sec: 0,
      below_sec: Math.floor((now - runtime.bootedAt) / 1000),
      maxusage: Math.min(cpuCapPercent, Math.round(plan.load * 195)),
      nwait: 0,
      usage,
      value: cpuCapPercent,
      zonename: plan.name,
    })),
  ];
}

/** Guests print one kstat per possible vCPU, also for those that they do not have. */
const MAX_VCPUS = 32;

function vmKstats(
  { plan }: ZoneModel,
  runtime: ZoneRuntime,
  crtime: number,
  now: number,
): readonly Kstat[] {
  const { vm } = plan;
  if (!vm) return [];
  const runs = splitSum(
    Math.floor(readMeter(runtime.cpu, now) * 1e6),
    Array.from({ length: vm.vcpus }, () => 1),
  );
  const elapsed = (now - runtime.bootedAt) * 1000;
  const vcpu = (index: number) =>
    stat(['vmm', runtime.id, `vcpu${index}`, 'misc'], crtime, () => {
      const run = runs[index] ?? 0;
      const exists = index < vm.vcpus;
      return {
        time_emu_kern: nanoseconds(Math.floor(run / 50)),
        time_emu_user: nanoseconds(Math.floor(run / 80)),
        time_idle: nanoseconds(exists ? elapsed - run : 0),
        time_init: nanoseconds(exists ? 200 : 0),
        time_run: nanoseconds(run),
        time_sched: nanoseconds(Math.floor(run / 120)),
        vcpu: index,
      };
    });
  return [
    stat(['vmm', runtime.id, 'vm', 'misc'], crtime, () => ({ vm_name: plan.name })),
    ...Array.from({ length: MAX_VCPUS }, (_, index) => vcpu(index)),
  ];
}
