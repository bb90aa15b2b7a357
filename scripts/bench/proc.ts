import { readFileSync } from 'node:fs';

/** CPU of a process so far, milliseconds. */
export type CpuTime = {
  readonly own: number;
  /** Of its children that have ended and were waited for, and of theirs. */
  readonly ended: number;
};

const TICK_MS = 10;

/** Linux only, else null: proc_pid_stat(5), fields 14 to 17. */
export function cpuTime(pid: number): CpuTime | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
    return { own: (user + system) * TICK_MS, ended: (endedUser + endedSystem) * TICK_MS };
  } catch {
    return null;
  }
}
