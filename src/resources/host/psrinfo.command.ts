import type { HostCommand } from '../../domain/command.ts';
import { followsFrame } from '../../domain/follows-frame.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Processor } from '../../domain/system.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';

/** One that is taken off-line stands still; its counters may stay. */
const followsCpus = followsFrame(({ counters, cpuPercents }) =>
  [...counters.cpus.keys()].map((id) => `${id} ${cpuPercents.get(id) !== null}`).join('\n'),
);

/** Which CPUs there are and which of them are off-line or faulted. No privilege is needed. */
export const psrinfo: HostCommand<'processors'> = {
  id: 'psrinfo',
  feed: 'processors',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 15,
  follows: followsCpus,
  question: () => [['psrinfo']],
  parse: parsePsrinfo,
  hides: 'which CPUs are off-line',
};

/** The states of processor_info(2) and, of Oracle Solaris, `disabled`. */
const ROW =
  /^\s*([0-9]{1,5})\s+(on-line|off-line|no-intr|spare|faulted|powered-off|disabled|unknown)(?:\s+since\s.*)?\s*$/;

/** `0<TAB>on-line   since 08/11/2025 17:09:36`: the date is in the host's own form and zone, and not read. */
export function parsePsrinfo(stdout: string): Parsed<readonly Processor[]> {
  const value: Processor[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const match = ROW.exec(text);
    if (match) value.push({ id: Number(match[1]), state: match[2] ?? '' });
    else complaints.push(complaint(number, text, 'expected the id of a CPU and its state'));
  }
  return { value, complaints };
}
