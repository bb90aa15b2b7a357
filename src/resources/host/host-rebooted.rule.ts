import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { spanSince } from '../../domain/lasting.ts';
import type { HostRule, Severity } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';
import type { LogLine } from '../../domain/system.ts';

/** A reboot is news for so long. */
const NEWS_MS = 3_600_000;

/** What the log tells of the end of the boot before. */
type Ending = 'panic' | 'none' | 'shutdown' | 'unknown';

const VERDICTS: Readonly<Record<Ending, { readonly title: string; readonly severity: Severity }>> =
  {
    panic: { title: 'rebooted after a panic', severity: 'warning' },
    none: { title: 'rebooted without a shutdown', severity: 'warning' },
    shutdown: { title: 'rebooted', severity: 'info' },
    unknown: { title: 'rebooted, its log does not tell why', severity: 'info' },
  };

/**
 * The host has another time of boot than the one that the console saw before. Whether it was meant is told by the host's
 * log: an orderly shutdown leaves its lines before those of the kernel's start, a loss of power leaves none, and
 * savecore(8) tells of a panic after it. labtop itself has no action that boots a host.
 */
export const hostRebooted: HostRule<'kstats'> = {
  id: 'host.rebooted',
  scope: 'host',
  severity: 'info',
  holdSeconds: 0,
  needs: ['kstats'],
  check: ({ kstats }, host, now) => {
    const { previousBootTimeSeconds, counters } = kstats;
    const { bootTimeSeconds } = counters;
    if (previousBootTimeSeconds === null || bootTimeSeconds === null) return [];
    const bootedAt = bootTimeSeconds * 1000;
    if (spanSince(bootedAt, now, [NEWS_MS]) > NEWS_MS) return [];
    const { ending, line } = endingOf(host, bootedAt);
    return [
      {
        subject: hostRef(host.name),
        ...VERDICTS[ending],
        began: bootedAt,
        evidence: {
          bootedAt: new Date(bootedAt).toISOString(),
          previousBootAt: new Date(previousBootTimeSeconds * 1000).toISOString(),
          log: line,
          from: 'kstat unix:0:system_misc:boot_time /var/adm/messages',
        },
        hint:
          ending === 'shutdown'
            ? 'see that its zones are back; who booted it is in its log'
            : 'enter shows its log and its crash dumps',
      },
    ];
  },
};

const KERNEL_START = /^\W*SunOS Release \S+ Version /;
const PANIC = /reboot after panic/i;
const SHUTDOWN = /going down on signal|initiated by |(?:rebooted|halted) by /i;
/** So many lines before the start of the kernel may tell of a shutdown. */
const LOOK_BACK = 20;

function endingOf(
  { feeds }: HostInventory,
  bootedAt: number,
): { readonly ending: Ending; readonly line: string | null } {
  const log = lastKnown(feeds.messages);
  const lines = log && log.at > bootedAt ? log.value : [];
  const start = lines.findLastIndex(({ text }) => KERNEL_START.test(text));
  if (start === -1) return { ending: 'unknown', line: null };
  const panic = lines.slice(start).find(({ text }) => PANIC.test(text));
  if (panic) return { ending: 'panic', line: textOf(panic) };
  // At the beginning of what is known of the log there may have been more.
  if (start === 0) return { ending: 'unknown', line: null };
  const before = lines.slice(Math.max(0, start - LOOK_BACK), start);
  const startBefore = before.findLastIndex(({ text }) => KERNEL_START.test(text));
  const shutdown = before.slice(startBefore + 1).findLast(({ text }) => SHUTDOWN.test(text));
  return shutdown
    ? { ending: 'shutdown', line: textOf(shutdown) }
    : { ending: 'none', line: textOf(lines[start - 1]) };
}

const textOf = (line: LogLine | undefined): string | null =>
  line === undefined ? null : [line.timeText, line.program, line.text].filter(Boolean).join(' ');
