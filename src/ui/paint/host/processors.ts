import { lastKnown } from '../../../domain/feed.ts';
import { percent, plural } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { hostFresh } from '../../../domain/joined.ts';
import type { Run } from '../canvas.ts';
import { barRuns, labelled, muted, run } from '../lines.ts';
import type { TextLine } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

const BAR_WIDTH = 8;
/** A blank, the id, the bar, a percentage, a gap. */
const CELL_WIDTH = 1 + 3 + 1 + BAR_WIDTH + 5 + 1;

/** How busy each CPU is, side by side; one that is off-line says so. */
export function processorsPanel(host: HostInventory, { model }: Look): Panel {
  const busy = lastKnown(host.feeds.kstats)?.value.cpuPercents ?? new Map<number, number | null>();
  const states = new Map(
    (lastKnown(host.feeds.processors)?.value ?? []).map(({ id, state }) => [id, state]),
  );
  const ids = [...new Set([...busy.keys(), ...states.keys()])].toSorted((a, b) => a - b);
  const isOffLine = (id: number): boolean => (states.get(id) ?? 'on-line') !== 'on-line';
  const off = ids.filter(isOffLine);
  const isFresh = hostFresh(host, 'kstats', model.now);
  const cellOf = (id: number): readonly Run[] => {
    const value = isFresh && !isOffLine(id) ? (busy.get(id) ?? null) : null;
    return [
      muted(` ${String(id).padStart(3)} `),
      ...barRuns(value === null ? null : value / 100, BAR_WIDTH),
      isOffLine(id)
        ? run(` ${(states.get(id) ?? '').slice(0, 4).padEnd(4)} `, 'warn')
        : run(` ${percent(value).padStart(4)} `, isFresh ? 'plain' : 'stale'),
    ];
  };
  return {
    id: 'processors',
    title: 'CPUs',
    right: () => [
      [
        ...(off.length > 0 ? [run(`${off.length} not on-line  `, 'warn')] : []),
        muted(plural(ids.length, 'CPU')),
      ],
    ],
    lines: (width) =>
      ids.length === 0
        ? [labelled('', [feedWords(host.feeds.processors)])]
        : inColumns(ids.map(cellOf), Math.max(1, Math.floor(width / CELL_WIDTH))),
  };
}

/** Cells from left to right, then down. */
const inColumns = (cells: readonly (readonly Run[])[], perLine: number): readonly TextLine[] =>
  Array.from({ length: Math.ceil(cells.length / perLine) }, (_, row) => ({
    runs: cells.slice(row * perLine, (row + 1) * perLine).flat(),
  }));
