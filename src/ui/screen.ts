import type { CellBuffer } from '../term/cell-buffer.ts';
import { textWidth } from '../term/width.ts';
import { dialogRect } from './dialogs/dialog-shape.ts';
import { inside, layout } from './layout.ts';
import type { Layout } from './layout.ts';
import { viewById, viewOf } from './model.ts';
import type { Model } from './model.ts';
import { frameRight, keepArea, wipe, write } from './paint/canvas.ts';
import type { Canvas } from './paint/canvas.ts';
import { flowBlocks, paintDetail, paintPreview } from './paint/detail.ts';
import { paintCrumbs, paintHeader } from './paint/header.ts';
import { paintOverviewPane, paneSummary } from './paint/overview.ts';
import {
  paintProblemDetail,
  paintProblemList,
  paintProblemStrip,
  problemLines,
  problemTree,
} from './paint/problems.ts';
import { paintTable } from './paint/table.ts';
import { createRowCache } from './rows.ts';
import type { ShownRows } from './rows.ts';
import { placeKey } from './session.ts';
import type { PaneId } from './session.ts';
import type { Tones } from './tones.ts';

/** Paints the dense parts of the screen over the chrome that Ink has drawn. */
export type Screen = {
  readonly paint: (buffer: CellBuffer, model: Model) => void;
  readonly layout: (model: Model, cols: number, rows: number) => Layout;
  /** The rows of the table that the place shows. */
  readonly shown: (model: Model) => ShownRows;
};

export function createScreen(tones: () => Tones): Screen {
  const cached = createRowCache();
  const rowsOf = (model: Model) => (view: Parameters<typeof cached>[1]) =>
    cached(model, view, '', false);
  const shown = (model: Model): ShownRows => {
    const { place, filters, faultsOnly, focus } = model.session;
    const view =
      place.kind === 'pane'
        ? viewOf(model.views, place.pane, place.tab)
        : place.kind === 'overview'
          ? viewOf(model.views, focus, 0)
          : undefined;
    if (!view) return { rows: [], total: 0, filterError: null };
    return place.kind === 'overview'
      ? cached(model, view, '', false)
      : cached(model, view, filters[placeKey(place)] ?? '', faultsOnly);
  };
  const layoutOf = (model: Model, cols: number, rows: number): Layout =>
    layout(cols, rows, model.session.place, model.session.focus, problemLines(model));

  const paint = (buffer: CellBuffer, model: Model): void => {
    const canvas: Canvas = { buffer, tones: tones() };
    const place = layoutOf(model, buffer.cols, buffer.rows);
    const hole = dialogRect(model, buffer.cols, buffer.rows);
    const restore = hole === null ? null : keepArea(buffer, hole);
    paintHeader(canvas, place.header, model);
    if (place.crumbs) paintCrumbs(canvas, place.crumbs, model);
    paintProblemStrip(canvas, place.problems, model);
    for (const box of place.boxes) paintBox(canvas, box, model, shown(model), rowsOf(model));
    restore?.();
  };
  return { paint, layout: layoutOf, shown };
}

function paintBox(
  canvas: Canvas,
  box: Layout['boxes'][number],
  model: Model,
  shown: ShownRows,
  rowsOf: Parameters<typeof paintOverviewPane>[4],
): void {
  const { session } = model;
  const cursor = session.cursors[placeKey(session.place)] ?? { ref: null, top: 0 };
  switch (box.id) {
    case 'table':
      paintMainTable(canvas, box, model, shown);
      return;
    case 'preview': {
      if (session.place.kind !== 'pane') return;
      const view = viewOf(model.views, session.place.pane, session.place.tab);
      const ref = cursor.ref ?? shown.rows[0]?.ref ?? null;
      const blocks = ref === null ? null : (view?.detail(ref, model.inventory, model.now) ?? null);
      paintPreview(
        canvas,
        box.rect,
        ref === null ? '' : ref.slice(ref.indexOf(':') + 1),
        blocks ?? [],
      );
      return;
    }
    case 'problem-list': {
      const tree = problemTree(model.problems);
      const selected = selectedProblem(model);
      paintProblemList(
        canvas,
        box.rect,
        model,
        tree[selected]?.problem.id ?? null,
        problemTop(model, selected, inside(box.rect).height - 1),
      );
      return;
    }
    case 'problem-detail':
      paintProblemDetail(
        canvas,
        box.rect,
        problemTree(model.problems)[selectedProblem(model)]?.problem,
      );
      return;
    case 'detail': {
      if (session.place.kind !== 'detail') return;
      const view = viewById(model.views, session.place.view);
      const blocks = view?.detail(session.place.ref, model.inventory, model.now) ?? null;
      if (blocks === null) {
        const area = inside(box.rect);
        wipe(canvas, area);
        write(
          canvas,
          area.x + 1,
          area.y,
          `${session.place.ref} is gone: no source knows it any more`,
          'unknown',
          area.x + area.width,
        );
        return;
      }
      paintDetail(canvas, box.rect, flowBlocks(blocks), cursor.top, detailLine(model));
      return;
    }
    default:
      paintOverviewPane(canvas, box, paneId(box.id), model, rowsOf, session.focus === box.id);
  }
}

const paneId = (id: string): PaneId =>
  id === 'zones' || id === 'vms' || id === 'vlans' || id === 'cluster' ? id : 'hosts';

function paintMainTable(
  canvas: Canvas,
  box: Layout['boxes'][number],
  model: Model,
  shown: ShownRows,
): void {
  const { place, cursors, filters, faultsOnly } = model.session;
  if (place.kind !== 'pane') return;
  const view = viewOf(model.views, place.pane, place.tab);
  if (!view) return;
  const filter = filters[placeKey(place)] ?? '';
  const cursor = cursors[placeKey(place)] ?? { ref: null, top: 0 };
  frameRight(canvas, box.rect, textWidth(box.title), [
    ...(shown.filterError !== null
      ? ([{ text: `filter: ${shown.filterError}  `, tone: 'bad' }] as const)
      : filter === '' && !faultsOnly
        ? []
        : ([{ text: `${shown.rows.length} of ${shown.total}  `, tone: 'accent' }] as const)),
    ...paneSummary(place.pane, shown.rows, model),
  ]);
  paintTable(canvas, inside(box.rect), model, view, shown.rows, {
    selected: cursor.ref ?? shown.rows[0]?.ref ?? null,
    top: cursor.top,
    header: true,
    focused: true,
    empty:
      filter !== '' || faultsOnly
        ? `nothing matches${filter === '' ? '' : ` /${filter}`}${faultsOnly ? ' among the faults' : ''}; esc clears`
        : 'nothing known yet',
  });
}

/** Index of the selected problem in the tree. */
export function selectedProblem(model: Model): number {
  const wanted = model.session.cursors['problems']?.ref ?? null;
  const tree = problemTree(model.problems);
  const index = tree.findIndex(({ problem }) => problem.subject === wanted);
  return index < 0 ? 0 : index;
}

const problemTop = (model: Model, selected: number, height: number): number => {
  const top = model.session.cursors['problems']?.top ?? 0;
  return selected < top ? selected : selected >= top + height ? selected - height + 1 : top;
};

/** Index of the selected line of a detail view: the line of the cursor's thing. */
export function detailLine(model: Model): number | null {
  const { place, cursors } = model.session;
  if (place.kind !== 'detail') return null;
  const wanted = cursors[placeKey(place)]?.ref ?? null;
  if (wanted === null) return null;
  const view = viewById(model.views, place.view);
  const blocks = view?.detail(place.ref, model.inventory, model.now) ?? null;
  if (blocks === null) return null;
  const index = flowBlocks(blocks).findIndex(
    (entry) => entry.kind === 'line' && entry.line.ref === wanted,
  );
  return index < 0 ? null : index;
}
