import type { FoldTimes, HostCommand } from '../../domain/command.ts';
import { followsProcesses } from '../../domain/follows-processes.ts';
import { ownText } from '../../domain/own-text.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Process, ZoneProcesses } from '../../domain/process.ts';
import { endedSince, isRoleProgram } from '../../domain/role.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { parseDecimal, parseWhole } from '../../parse/numbers.ts';

type Processes = ReadonlyMap<string, ZoneProcesses>;

/** Processes that are kept of each zone. */
const TOP = 12;
/** Different programs that are kept of each zone. */
const MOST_PROGRAMS = 100;

/**
 * The processes of all zones, from one ps(1). Any user sees them from the global zone. Zone names are printed whole
 * (usr/src/cmd/ps/ps.c cuts them with -W only), and `comm` is argv[0] up to its first blank.
 */
export const ps: HostCommand<'processes'> = {
  id: 'ps',
  feed: 'processes',
  pace: 'slow',
  timeoutSeconds: 30,
  follows: followsProcesses,
  question: () => [['ps', '-eo', 'zone,pid,ppid,user,pcpu,rss,etime,comm']],
  parse: parsePs,
  fold: keepPrograms,
  hides: 'processes of zones by CPU, and what zones are for',
};

const ROW =
  /^\s*(\S+)\s+([0-9]+)\s+([0-9]+|-)\s+(\S+)\s+([0-9]+\.[0-9]|-)\s+([0-9]+|-)\s+((?:(?:[0-9]+-)?[0-9]+:)?[0-9]{2}:[0-9]{2}|-)(?:\s+(\S.*?))?\s*$/;
const TITLES = /^\s*ZONE\s+PID\s/;

/** The busiest processes of each zone, the global one among them, and what runs there. */
export function parsePs(stdout: string): Parsed<Processes> {
  const complaints: Complaint[] = [];
  const zones = new Map<string, Process[]>();
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    if (TITLES.test(text)) continue;
    const match = ROW.exec(text);
    const pid = parseWhole(match?.[2] ?? '');
    if (!match || pid === null) {
      complaints.push(complaint(number, text, 'expected the eight fields that were asked for'));
      continue;
    }
    const [, zone = '', , , user = '', cpu = '', rss = '', elapsed = '', command = ''] = match;
    const process: Process = {
      pid,
      user: ownText(user),
      hostCpuPercent: parseDecimal(cpu),
      rssKib: parseWhole(rss),
      elapsedSeconds: readElapsed(elapsed),
      command: ownText(command),
    };
    const known = zones.get(zone);
    if (known) known.push(process);
    else zones.set(ownText(zone), [process]);
  }
  return {
    value: new Map([...zones].map(([zone, processes]) => [zone, summary(processes)])),
    complaints,
  };
}

/**
 * A zone that has no processes any more is still known by those that it had, and one whose daemon has ended by that
 * daemon.
 */
function keepPrograms(previous: Processes, next: Processes, times: FoldTimes): Processes {
  const gone = [...previous].filter(([zone]) => !next.has(zone));
  const ended = [...next].flatMap(([zone, processes]) => {
    const before = previous.get(zone);
    const programs = before?.programs.filter(isRoleProgram) ?? [];
    const all = endedSince(programs, before?.ended, times.previous, processes.programs);
    return all === undefined ? [] : [[zone, { ...processes, ended: all }] as const];
  });
  if (gone.length === 0 && ended.length === 0) return next;
  return new Map([
    ...next,
    ...ended,
    ...gone.map(([zone, known]) => [zone, { ...known, count: 0, top: [] }] as const),
  ]);
}

const summary = (processes: readonly Process[]): ZoneProcesses => ({
  count: processes.length,
  top: processes.toSorted(byUse).slice(0, TOP),
  programs: [...new Set(processes.map(({ command }) => ownText(programOf(command))))]
    .filter((program) => program !== '')
    .slice(0, MOST_PROGRAMS),
});

const byUse = (a: Process, b: Process): number =>
  (b.hostCpuPercent ?? -1) - (a.hostCpuPercent ?? -1) || (b.rssKib ?? -1) - (a.rssKib ?? -1);

/** Daemons write into argv[0] too: `(squid-1)`, `postgres:`, `nginx:`, `-bash`. */
const programOf = (command: string): string =>
  (command.split('/').at(-1) ?? '').replace(/^[-(]|[:)]+$/g, '');

/** `[[days-]hours:]minutes:seconds`, or `-` for a process that has ended. */
function readElapsed(text: string): number | null {
  const match = /^(?:(?:([0-9]{1,9})-)?([0-9]{1,9}):)?([0-9]{1,9}):([0-9]{1,9})$/.exec(text);
  if (!match) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
