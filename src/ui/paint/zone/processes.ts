import { lastKnown } from '../../../domain/feed.ts';
import { age, bytes, duration, percent, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import type { Zone } from '../../../domain/joined.ts';
import type { Process } from '../../../domain/process.ts';
import { feedWords } from '../host/state.ts';
import { gridLines, labelled, muted } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';

/** What ps(1) prints of a process that uses anything at all: it is rounded up. */
const LEAST_PERCENT = 0.1;

/** ps counts all CPUs as 100; everywhere else of a zone one CPU is. */
function cpuText({ hostCpuPercent }: Process, cpuCount: number | null): string {
  if (hostCpuPercent === null || cpuCount === null) return percent(null);
  return hostCpuPercent === LEAST_PERCENT
    ? `<${Math.ceil(LEAST_PERCENT * cpuCount)}%`
    : percent(hostCpuPercent * cpuCount);
}

/** The processes of a zone that use the most CPU. */
export function processesPanel(host: HostInventory, zone: Zone, { model }: Look): Panel {
  const feed = host.feeds.processes;
  const at = lastKnown(feed)?.at ?? null;
  const { processes } = zone;
  const cpuCount = lastKnown(host.feeds.kstats)?.value.counters.cpuCount ?? null;
  return {
    id: 'processes',
    title: 'Processes by CPU',
    right: () => [
      [
        muted(processes ? `${processes.count} in all, ` : ''),
        muted(at === null ? '' : `${age(at, model.now)} old`),
      ],
    ],
    lines: (width) => {
      if (!processes) return [labelled('', [at === null ? feedWords(feed) : muted('none')])];
      return gridLines(
        [
          { title: 'PID', width: 6, align: 'right' },
          { title: 'USER', width: 'fit', most: 10, rank: 2 },
          { title: 'CPU%', width: 5, align: 'right' },
          { title: 'RSS', width: 5, align: 'right' },
          { title: 'FOR', width: 6, align: 'right', rank: 1 },
          { title: 'COMMAND', width: 'grow' },
        ],
        processes.top.map((process) => ({
          cells: [
            muted(String(process.pid)),
            muted(process.user),
            cpuText(process, cpuCount),
            bytes(process.rssKib === null ? null : process.rssKib * 1024),
            muted(
              process.elapsedSeconds === null ? UNKNOWN : duration(process.elapsedSeconds * 1000),
            ),
            process.command || UNKNOWN,
          ],
        })),
        width,
      );
    },
  };
}
