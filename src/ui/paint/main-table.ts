import { ownPathOf } from '../../domain/own-path.ts';
import { emptyWords } from '../../domain/table-words.ts';
import type { BoundView } from '../../domain/view.ts';
import { textWidth, truncate } from '../../term/width.ts';
import { inside } from '../layout.ts';
import type { Box } from '../layout.ts';
import { viewOf } from '../model.ts';
import type { Model } from '../model.ts';
import type { ShownRows } from '../rows.ts';
import { follow, placeKey } from '../session.ts';
import { marksText } from '../table/marks.ts';
import { rowIndex } from '../table/row-list.ts';
import { defaultSort, sortText } from '../table/sorting.ts';
import type { SortState } from '../table/sorting.ts';
import { frameFoot, frameRight, spaced } from './canvas.ts';
import type { Region, Run } from './canvas.ts';
import { allColumns, columnsFor, scrollText } from './columns.ts';
import type { ColumnPlan } from './columns.ts';
import type { Look } from './look.ts';
import { tabSummary } from './overview.ts';
import { noCursor } from './panel.ts';
import { hasSeries, paintEmpty, paintLine, paintTitles, partsOf, planOf } from './table.ts';

/**
 * Paints the table that has a place for itself. What its frame says, its titles and each of its lines are parts of their
 * own: a key that moves the selection paints two lines.
 */
export function paintMainTable(
  region: Region,
  { rect, title }: Box,
  look: Look,
  shown: ShownRows,
  note: string,
): void {
  const { model, keep } = look;
  const { place, cursors, filters, faultsOnly, marks, sorts, columns } = model.session;
  if (place.kind !== 'pane') return;
  const view = viewOf(model.views, place.pane, place.tab);
  if (!view) return;
  const { rows } = shown;
  const choice = columnsFor(
    view.columns,
    columns[view.id] ?? allColumns,
    model.inventory.clusters.length,
  );
  const plan = planOf(keep, view, inside(rect).width, choice);
  const filter = filters[placeKey(place)] ?? '';
  const isPart = filter !== '' || faultsOnly;
  const sort = sorts[view.id] ?? defaultSort;
  const says = [rows, shown.total, shown.filterError, workingText(shown), model.inventory];
  region(
    'table says',
    { ...rect, height: 1 },
    [...says, model.views, view, title, filter, faultsOnly, marks, sort, plan],
    (canvas) => {
      const width = textWidth(title);
      const room = Math.max(0, rect.width - width - 12);
      const runs: readonly Run[] =
        shown.filterError === null
          ? spaced([
              ...stateRuns(model, shown, sort, plan, isPart),
              tabSummary(place.pane, view, rows, model, isPart ? null : rows.length),
            ])
          : [{ text: truncate(`filter: ${shown.filterError}`, room), tone: 'bad' }];
      frameRight(canvas, rect, width, runs);
    },
  );

  const area = inside(rect);
  const height = Math.max(1, area.height - 1);
  const total = rows.length;
  const cursor = cursors[placeKey(place)] ?? noCursor;
  const selected = cursor.ref ?? rows.at(0)?.ref ?? null;
  // A list that was sorted anew, or that became shorter, still shows what is selected.
  const at = selected === null ? -1 : rowIndex(rows, selected);
  const top = follow(cursor.top, at < 0 ? cursor.top : at, total, height);
  if (rect.height > 1)
    region(
      'table foot',
      { ...rect, y: rect.y + rect.height - 1, height: 1 },
      [top, height, total, note],
      (canvas) => frameFoot(canvas, rect, { top, height, total }, note),
    );

  let y = area.y;
  if (area.height > 1) {
    const line = { ...area, height: 1 };
    region('table titles', line, [view, plan, sort], (canvas) =>
      paintTitles(canvas, line, view, plan, sort),
    );
    y += 1;
  }
  // The age of what the rows were read from is in none of them.
  const inSight = keep(`in sight ${view.id}`, [rows, model.inventory, top, height], () =>
    rows.slice(top, top + height).map((row) => ({ row, parts: partsOf(row, model.now) })),
  );
  const isDrawn = hasSeries(plan);
  const path = ownPathOf(model.inventory).parts;
  for (let index = 0; y < area.y + area.height; index += 1, y += 1) {
    const line = { ...area, y, height: 1 };
    const seen = inSight[index];
    if (!seen) {
      const text = index === 0 ? emptyText(model, view, shown, filter) : '';
      region(`table ${index}`, line, [text], (canvas) => paintEmpty(canvas, line, text));
      continue;
    }
    const { row, parts } = seen;
    const { ref } = row;
    const isSelected = ref === selected;
    const marked = marks.has(ref);
    const own = path.has(ref);
    const tick = isDrawn ? model.tick(ref) : 0;
    const inputs = [view, ref, ...parts, isSelected, marked, own, plan, tick, top];
    region(`table ${index}`, line, inputs, (canvas) =>
      paintLine(canvas, line, model, view, row, {
        parts,
        selected: isSelected,
        marked,
        own,
        plan,
        tick,
        top,
      }),
    );
  }
}

/** How far it is with what takes longer: `sorting 40%`. */
const workingText = ({ working }: ShownRows): string =>
  working ? `${working.what} ${Math.floor(working.done * 100)}%` : '';

/** What was done to the rows: their order, marks and filter. */
function stateRuns(
  { session: { marks } }: Model,
  shown: ShownRows,
  sort: SortState,
  plan: ColumnPlan,
  isPart: boolean,
): readonly (readonly Run[])[] {
  const { rows, total } = shown;
  return [
    workingText(shown),
    sortText(sort),
    scrollText(plan),
    marksText(marks, (ref) => rowIndex(rows, ref) >= 0),
    isPart ? `${rows.length} of ${total}` : '',
  ].map((text): readonly Run[] => (text === '' ? [] : [{ text, tone: 'accent' }]));
}

/** Why there is no row. */
function emptyText(
  { inventory, session: { faultsOnly } }: Model,
  view: BoundView,
  shown: ShownRows,
  filter: string,
): string {
  if (shown.working) return workingText(shown);
  if (filter !== '' || faultsOnly)
    return `nothing matches${filter === '' ? '' : ` /${filter}`}${faultsOnly ? ' among the faults' : ''}; esc clears`;
  return view.feeds.length > 0
    ? emptyWords(inventory.clusters, view.feeds, view.title)
    : 'nothing known yet';
}
