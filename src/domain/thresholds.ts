import type { Severity } from './problem.ts';
import type { Threshold } from './settings.ts';

/** A rule with two limits: what the numbers mean, what they may be, and what they are unless configured. */
export type ThresholdSpec = {
  readonly unit: '%' | 's' | 'ms' | 'h' | 'd' | '1/min' | '1/h' | 'objects';
  readonly meaning: string;
  /** Which way is worse: `above` the limits, or `below` them. */
  readonly worse: 'above' | 'below';
  readonly min: number;
  readonly max: number;
  readonly defaults: Threshold;
};

const percent = (
  meaning: string,
  worse: 'above' | 'below',
  warning: number,
  critical: number,
): ThresholdSpec => ({
  unit: '%',
  meaning,
  worse,
  min: 0,
  max: 100,
  defaults: { warning, critical },
});

/** Every rule whose limits can be configured, by its id. */
export const THRESHOLDS = {
  'host.cpu': percent('CPU busy, of all CPUs', 'above', 90, 98),
  'host.memory': percent('free memory and reclaimable ARC, of all memory', 'below', 10, 5),
  'host.swap': percent('swap reserved or allocated, of all swap', 'above', 80, 95),
  'host.clock': {
    unit: 's',
    meaning: "skew between the host's clock and the console's",
    worse: 'above',
    min: 0.1,
    max: 86_400,
    defaults: { warning: 2, critical: 60 },
  },
  'pool.capacity': percent('allocated space of a pool', 'above', 80, 90),
  'pool.scrub': {
    unit: 'd',
    meaning: 'time since the last scrub ended',
    worse: 'above',
    min: 1,
    max: 3_650,
    defaults: { warning: 35, critical: 90 },
  },
  'dataset.quota': percent('used space of a quota', 'above', 90, 98),
  'zone.disk': percent("used space of what a zone's dataset may use", 'above', 90, 98),
  'disk.slow': {
    ...percent(
      "service time of a disk, of the median of its pool's other disks",
      'above',
      500,
      2_000,
    ),
    max: 100_000,
  },
  'zone.memory': {
    ...percent("a zone's RSS, of its memory cap", 'above', 90, 100),
    max: 1_000,
  },
  'zone.restarting': {
    unit: '1/h',
    meaning: 'starts of a zone or VM within an hour',
    worse: 'above',
    min: 2,
    max: 1_000,
    defaults: { warning: 3, critical: 6 },
  },
  'vm.memory': {
    ...percent("a VM's RSS, of its zone's memory cap", 'above', 90, 100),
    max: 1_000,
  },
  'zone.cpu': percent("a zone's CPU use, of its cap", 'above', 95, 100),
  'zone.stuck': {
    unit: 's',
    meaning: 'time in a state that should pass: shutting_down, down, mounted, incomplete',
    worse: 'above',
    min: 1,
    max: 86_400,
    defaults: { warning: 60, critical: 600 },
  },
  'link.errors': {
    unit: '1/min',
    meaning: 'errors of a network card in the last minute',
    worse: 'above',
    min: 1,
    max: 1_000_000_000,
    defaults: { warning: 10, critical: 1_000 },
  },
  'vlan.isolated': {
    unit: 's',
    meaning: 'time in which the links of a VLAN on a host send and receive nothing',
    worse: 'above',
    min: 30,
    max: 86_400,
    defaults: { warning: 120, critical: 900 },
  },
  'api.slow': {
    unit: 'ms',
    meaning: 'answer time of the Kubernetes API',
    worse: 'above',
    min: 1,
    max: 600_000,
    defaults: { warning: 1_000, critical: 5_000 },
  },
  'api.memory': {
    ...percent("an API server's RSS, of its zone's memory cap", 'above', 80, 95),
    max: 1_000,
  },
  'storage.pool': percent('used space of a storage pool of a cluster', 'above', 85, 95),
  'backup.age': {
    unit: 'h',
    meaning: 'time that the recurring backup of a volume is overdue',
    worse: 'above',
    min: 0.1,
    max: 87_600,
    defaults: { warning: 6, critical: 72 },
  },
  'vm.migration': {
    unit: 's',
    meaning: 'time that a migration of a virtual machine takes',
    worse: 'above',
    min: 1,
    max: 604_800,
    defaults: { warning: 600, critical: 3_600 },
  },
  'objects.growth': {
    unit: 'objects',
    meaning: 'objects of one resource in a cluster',
    worse: 'above',
    min: 1,
    max: 100_000_000,
    defaults: { warning: 20_000, critical: 50_000 },
  },
  'pod.pending': {
    unit: 's',
    meaning: 'time that a pod waits until its containers run',
    worse: 'above',
    min: 1,
    max: 604_800,
    defaults: { warning: 300, critical: 86_400 },
  },
  'pod.stuck': {
    unit: 's',
    meaning: 'time that a pod is there past the grace of its end',
    worse: 'above',
    min: 1,
    max: 604_800,
    defaults: { warning: 60, critical: 86_400 },
  },
  'etcd.space': percent('etcd database file, of its quota', 'above', 80, 95),
  'etcd.fragmentation': percent('etcd database in use, of its file', 'below', 50, 20),
  'etcd.slow': {
    unit: 'ms',
    meaning: "what 99 of 100 of an etcd member's syncs or commits do not exceed",
    worse: 'above',
    min: 1,
    max: 60_000,
    defaults: { warning: 100, critical: 1_000 },
  },
  'cert.expiry': {
    unit: 'h',
    meaning: 'time until a certificate ends',
    worse: 'below',
    min: 0,
    max: 87_600,
    defaults: { warning: 168, critical: 24 },
  },
} as const satisfies Readonly<Record<string, ThresholdSpec>>;

/** A rule whose limits can be configured. */
export type LimitedRule = keyof typeof THRESHOLDS;

/** The configured limits, by the ids of their rules. */
export type Limits = Readonly<Record<string, Threshold>>;

export const DEFAULT_THRESHOLDS: Limits = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([rule, { defaults }]) => [rule, defaults]),
);

/** The limits of a rule; its own where none are configured. */
export const limitsOf = (limits: Limits, rule: LimitedRule): Threshold =>
  limits[rule] ?? THRESHOLDS[rule].defaults;

/** How bad a value is by the limits of a rule; null when it is fine, or not known. What is raised does not count. */
export const levelBy = (
  limits: Limits,
  rule: LimitedRule,
  value: number | null | undefined,
): 'warning' | 'critical' | null =>
  value === null || value === undefined
    ? null
    : levelOf(value, THRESHOLDS[rule].worse, limitsOf(limits, rule), null);

/** The tone of a value by the limits of a rule. */
export function toneBy(
  limits: Limits,
  rule: LimitedRule,
  value: number | null | undefined,
): 'plain' | 'warn' | 'bad' {
  const level = levelBy(limits, rule, value);
  return level === null ? 'plain' : level === 'critical' ? 'bad' : 'warn';
}

/** How far a value must come back from a limit, in parts of it, before the problem is over: no flapping at the edge. */
const LEAVE = 0.03;

/**
 * How bad a value is by its limits; null when it is fine. `raised` is the severity that the subject's problem has now:
 * a limit that was passed is left only with some distance.
 */
export function levelOf(
  value: number,
  worse: ThresholdSpec['worse'],
  limits: Threshold,
  raised: Severity | null,
): 'warning' | 'critical' | null {
  const passes = (limit: number, wasPassed: boolean): boolean => {
    const slack = wasPassed ? Math.abs(limit) * LEAVE : 0;
    return worse === 'above' ? value >= limit - slack : value <= limit + slack;
  };
  if (passes(limits.critical, raised === 'critical')) return 'critical';
  return passes(limits.warning, raised === 'critical' || raised === 'warning') ? 'warning' : null;
}
