import type { HostPlan } from '../plan.ts';
import { between, createRandom, createUuid, integerBetween } from '../random.ts';

export type BootEnvironmentModel = {
  readonly name: string;
  readonly uuid: string;
  readonly createdAt: number;
  readonly spaceBytes: number;
};
/** A line of /var/adm/messages. */
export type LogEntry = {
  readonly at: number;
  /** With the process id where it has one: `svc.startd[10]`. */
  readonly from: string;
  readonly id: number;
  readonly priority: string;
  readonly text: string;
};

/** What a host keeps over its boots besides its zones, pools and links. */
export type SystemState = {
  bootEnvironments: readonly BootEnvironmentModel[];
  /** The one that runs, and the one that the next boot takes. */
  activeBootEnvironment: string;
  nextBootEnvironment: string;
  /** Readings in place of those that follow from the load, by the sensor's name; null: no reading. */
  readonly sensors: Map<string, number | null>;
  /** The newest last. */
  log: readonly LogEntry[];
};

const MOST_LINES = 500;
const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;
const LOG_ID = {
  kernel: 540533,
  memory: 894849,
  reboot: 662345,
  startd: 122153,
  syslogd: 702911,
} as const;

/** The state of a host whose last boot was meant: of an update to the newest boot environment. */
export function createSystemState(
  plan: HostPlan,
  seed: number,
  kernel: string,
  bootedAt: number,
): SystemState {
  const random = createRandom(`${seed}/${plan.name}/system`);
  const names = ['omnios-r151054', 'omnios-r151056', 'omnios-r151058'];
  const bootEnvironments = names.map((name, index): BootEnvironmentModel => {
    const age = (names.length - index - 1) * 180 * DAY_MS;
    return {
      name,
      uuid: createUuid(random),
      createdAt: bootedAt - age - integerBetween(random, 600, 1800) * 1000,
      spaceBytes: Math.floor(
        between(random, 0.2, 1.2) * (index === names.length - 1 ? 6 : 1) * GIB,
      ),
    };
  });
  const active = names.at(-1) ?? '';
  const state: SystemState = {
    bootEnvironments,
    activeBootEnvironment: active,
    nextBootEnvironment: active,
    sensors: new Map(),
    log: [],
  };
  noteShutdown(state, bootedAt - 60_000);
  noteBoot(state, plan, kernel, bootedAt);
  return state;
}

/** Adds a line to the log. */
function note(state: SystemState, entry: LogEntry): void {
  state.log = [...state.log, entry].slice(-MOST_LINES);
}

/** What reboot(8) and syslogd(8) leave when a host is shut down in order. */
function noteShutdown(state: SystemState, at: number): void {
  const entries = [
    { from: 'reboot', id: LOG_ID.reboot, priority: 'auth.crit', text: 'initiated by root' },
    {
      from: 'syslogd',
      id: LOG_ID.syslogd,
      priority: 'syslog.err',
      text: 'going down on signal 15',
    },
  ];
  for (const [index, entry] of entries.entries()) note(state, { ...entry, at: at + index * 2000 });
}

/** What svc.startd(8) says of a service that it gives up. */
export const maintenanceEntry = (fmri: string, at: number): LogEntry => ({
  at,
  from: 'svc.startd[10]',
  id: LOG_ID.startd,
  priority: 'daemon.warning',
  text: `${fmri.replace(/^svc:\//, '')} failed: transitioned to maintenance (see 'svcs -xv' for details)`,
});

export const noteMaintenance = (state: SystemState, fmri: string, at: number): void =>
  note(state, maintenanceEntry(fmri, at));

/** Adds a line of a program to the log. */
export const noteLine = (state: SystemState, from: string, text: string, at: number): void =>
  note(state, { at, from, id: LOG_ID.syslogd, priority: 'daemon.notice', text });

/** What the kernel prints at its start. */
export function noteBoot(state: SystemState, plan: HostPlan, kernel: string, at: number): void {
  const lines = [
    [LOG_ID.kernel, `SunOS Release 5.11 Version ${kernel} 64-bit`],
    [LOG_ID.memory, `mem = ${Math.floor(plan.memoryBytes / 1024)}K`],
  ] as const;
  for (const [id, text] of lines)
    note(state, { at: at + 1000, from: 'genunix', id, priority: 'kern.notice', text });
}
