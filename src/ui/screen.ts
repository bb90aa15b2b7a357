import { findHost, findZone, vlansOf } from '../domain/joined.ts';
import { refKind, refName } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { CellBuffer } from '../term/cell-buffer.ts';
import { textWidth, truncate } from '../term/width.ts';
import { placedDialog } from './dialogs/dialog-shape.ts';
import { inside, isWide, layout } from './layout.ts';
import type { Box, Layout } from './layout.ts';
import { viewById, viewOf } from './model.ts';
import type { Model } from './model.ts';
import { frameRight, keepArea, wipe, write } from './paint/canvas.ts';
import type { Canvas, Run } from './paint/canvas.ts';
import { allColumns } from './paint/columns.ts';
import { paintCrumbs, paintHeader } from './paint/header.ts';
import { hostPage, hostPreview } from './paint/host-detail.ts';
import { createLook } from './paint/look.ts';
import type { Look } from './paint/look.ts';
import { paintOverviewPane, paneSummary, wantsOf } from './paint/overview.ts';
import { blockPage, blockPanels, paintPreview, shapeDetail } from './paint/panel.ts';
import type { DetailPage, DetailShape, Panel } from './paint/panel.ts';
import {
  paintProblemDetail,
  paintProblemList,
  paintProblemStrip,
  paintProblemTree,
  problemLines,
  problemPaneWants,
  problemTree,
} from './paint/problems.ts';
import { paintTable } from './paint/table.ts';
import { paintLedger, paintTimeline } from './paint/timeline.ts';
import { paintVlanChecks, paintVlanMap, paintVlanMembers, vlanPage } from './paint/vlan-map.ts';
import { zonePage, zonePreview } from './paint/zone-detail-screen.ts';
import { createRowCache, rowDetail } from './rows.ts';
import type { ShownRows } from './rows.ts';
import { placeKey } from './session.ts';
import type { PaneId } from './session.ts';
import { marksText } from './table/marks.ts';
import { rowIndex } from './table/row-list.ts';
import { defaultSort, sortText } from './table/sorting.ts';
import type { Tones } from './tones.ts';

/** Paints the dense parts of the screen over the chrome that Ink has drawn. */
export type Screen = {
  readonly paint: (buffer: CellBuffer, model: Model) => void;
  readonly layout: (model: Model, cols: number, rows: number) => Layout;
  /** The rows of the table that the place shows. */
  readonly shown: (model: Model) => ShownRows;
  /** Where selections can stand in the detail view that is open, and how it scrolls; null elsewhere. */
  readonly detail: (model: Model, cols: number, rows: number) => DetailShape | null;
  /** Names of the tabs of the detail view that is open; fewer than two mean that there are none. */
  readonly tabs: (model: Model) => readonly string[];
  /** The model with the rows of its views, for whoever needs to know what the screen shows. */
  readonly look: (model: Model) => Look;
};

/** What one model looks like at one size; made once per frame, used by layout, paint and keys. */
type Frame = {
  readonly model: Model;
  readonly cols: number;
  readonly rows: number;
  readonly layout: Layout;
  readonly page: DetailPage | null;
  readonly shape: DetailShape | null;
};

export function createScreen(tones: () => Tones): Screen {
  const cached = createRowCache();
  let lastLook: Look | null = null;
  let lastFrame: Frame | null = null;

  const lookOf = (model: Model): Look => {
    if (lastLook?.model !== model)
      lastLook = createLook(model, (view) => cached(model, view, '', false));
    return lastLook;
  };
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
      : cached(model, view, filters[placeKey(place)] ?? '', faultsOnly, {
          sort: model.session.sorts[view.id] ?? defaultSort,
          frozen: model.session.dialog !== null,
        });
  };
  const frameOf = (model: Model, cols: number, rows: number): Frame => {
    if (lastFrame?.model === model && lastFrame.cols === cols && lastFrame.rows === rows)
      return lastFrame;
    lastFrame = makeFrame(lookOf(model), cols, rows);
    return lastFrame;
  };

  const paint = (buffer: CellBuffer, model: Model): void => {
    const canvas: Canvas = { buffer, tones: tones() };
    const look = lookOf(model);
    const frame = frameOf(model, buffer.cols, buffer.rows);
    const place = frame.layout;
    const hole = placedDialog(model, buffer.cols, buffer.rows)?.rect ?? null;
    const restore = hole === null ? null : keepArea(buffer, hole);
    paintHeader(canvas, place.header, model);
    if (place.crumbs) paintCrumbs(canvas, place.crumbs, model, frame.page);
    paintProblemStrip(canvas, place.problems, look);
    if (frame.shape) {
      const { session } = model;
      frame.shape.paint(canvas, session.cursors[placeKey(session.place)] ?? NO_CURSOR);
    } else for (const box of place.boxes) paintBox(canvas, box, look, shown(model));
    restore?.();
  };
  return {
    paint,
    shown,
    layout: (model, cols, rows) => frameOf(model, cols, rows).layout,
    detail: (model, cols, rows) => frameOf(model, cols, rows).shape,
    tabs: (model) => pageOf(lookOf(model))?.tabs ?? [],
    look: lookOf,
  };
}

const NO_CURSOR: { readonly ref: Ref | null; readonly top: number } = { ref: null, top: 0 };

function makeFrame(look: Look, cols: number, rows: number): Frame {
  const { model } = look;
  const { place, focus } = model.session;
  const wide = place.kind === 'overview' && isWide(cols, rows);
  const lines = wide ? problemPaneWants(look, Math.floor(cols * 0.31) - 2) : problemLines(model);
  const needs = place.kind === 'overview' || place.kind === 'problems';
  const wants = needs ? wantsOf(look, cols, rows) : undefined;
  const base = layout(cols, rows, place, focus, lines, wants);
  const area = base.boxes[0]?.rect;
  const page = place.kind === 'detail' ? pageOf(look) : null;
  const cursor = model.session.cursors[placeKey(place)];
  const shape = page === null || !area ? null : shapeDetail(page, area, cursor?.ref ?? null);
  const boxes = shape?.boxes ?? base.boxes.map((box) => titled(box, model));
  return { model, cols, rows, page, shape, layout: { ...base, boxes } };
}

/** The cluster's pane bears its name. */
function titled(box: Box, { inventory }: Model): Box {
  if (box.id !== 'cluster') return box;
  const [cluster, ...others] = inventory.clusters;
  return cluster === undefined || others.length > 0
    ? box
    : { ...box, title: `${box.title} ${cluster.name}` };
}

/** The page of the detail view that is open; null when its thing is gone. */
function pageOf(look: Look): DetailPage | null {
  const { model } = look;
  const { place } = model.session;
  if (place.kind !== 'detail') return null;
  const { inventory } = model;
  switch (place.view) {
    case 'hosts': {
      const host = findHost(inventory, place.ref.slice(place.ref.indexOf(':') + 1));
      return host ? hostPage(host, look, place.tab ?? 0) : null;
    }
    case 'zones':
    case 'vms': {
      const zone = findZone(inventory, place.ref);
      return zone ? zonePage(zone, look) : null;
    }
    case 'vlans': {
      const vlan = vlansOf(inventory).find(({ ref }) => ref === place.ref);
      return vlan ? vlanPage(vlan, look) : null;
    }
    default: {
      const blocks = viewById(model.views, place.view)?.detail(place.ref, inventory, model.now);
      return blocks ? blockPage(blocks) : null;
    }
  }
}

function paintBox(canvas: Canvas, box: Box, look: Look, shown: ShownRows): void {
  const { model } = look;
  const { session } = model;
  const cursor = session.cursors[placeKey(session.place)] ?? NO_CURSOR;
  switch (box.id) {
    case 'table':
      paintMainTable(canvas, box, look, shown);
      return;
    case 'preview': {
      if (session.place.kind !== 'pane') return;
      const ref = cursor.ref ?? shown.rows.at(0)?.ref ?? null;
      const title = ref === null ? '' : ref.slice(ref.indexOf(':') + 1);
      paintPreview(canvas, box.rect, title, ref === null ? [] : previewOf(ref, look, shown));
      return;
    }
    case 'problem-list': {
      const selected = selectedProblem(model);
      const height = inside(box.rect).height - 1;
      paintProblemList(
        canvas,
        box.rect,
        model,
        problemTree(model.problems)[selected]?.problem.id ?? null,
        problemTop(model, selected, height),
      );
      return;
    }
    case 'problem-tree':
      paintProblemTree(canvas, box.rect, problemAt(model), look);
      return;
    case 'problem-detail':
      paintProblemDetail(canvas, box.rect, problemAt(model), look);
      return;
    case 'vlan-map':
      paintVlanMap(canvas, box.rect, look);
      return;
    case 'vlan-members':
      paintVlanMembers(canvas, box.rect, look);
      return;
    case 'vlan-checks':
      paintVlanChecks(canvas, box.rect, look);
      return;
    case 'timeline':
      paintTimeline(canvas, box.rect, model);
      return;
    case 'ledger':
      paintLedger(canvas, box.rect, model);
      return;
    case 'detail': {
      if (session.place.kind !== 'detail') return;
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
    default:
      paintOverviewPane(canvas, box, paneId(box.id), look, session.focus === box.id);
  }
}

/** What is shown of a row beneath its table. */
function previewOf(ref: Ref, look: Look, { rows }: ShownRows): readonly Panel[] {
  const { inventory } = look.model;
  const kind = refKind(ref);
  if (kind === 'host') {
    const host = findHost(inventory, refName(ref));
    return host ? hostPreview(host, look) : [];
  }
  if (kind === 'zone' || kind === 'vm') {
    const zone = findZone(inventory, ref);
    return zone ? zonePreview(zone, look) : [];
  }
  return blockPanels(rowDetail(rows, ref, look.model) ?? []);
}

const paneId = (id: string): PaneId =>
  id === 'zones' || id === 'vms' || id === 'vlans' || id === 'cluster' ? id : 'hosts';

function paintMainTable(canvas: Canvas, box: Box, look: Look, shown: ShownRows): void {
  const { model } = look;
  const { place, cursors, filters, faultsOnly, marks } = model.session;
  if (place.kind !== 'pane') return;
  const view = viewOf(model.views, place.pane, place.tab);
  if (!view) return;
  const filter = filters[placeKey(place)] ?? '';
  const cursor = cursors[placeKey(place)] ?? NO_CURSOR;
  const sort = model.session.sorts[view.id] ?? defaultSort;
  const marked = marksText(marks, (ref) => rowIndex(shown.rows, ref) >= 0);
  const accent = (text: string): readonly Run[] =>
    text === '' ? [] : [{ text: `${text}  `, tone: 'accent' }];
  const room = box.rect.width - textWidth(box.title) - 12;
  frameRight(
    canvas,
    box.rect,
    textWidth(box.title),
    shown.filterError === null
      ? [
          ...accent(sortText(sort)),
          ...accent(marked),
          ...accent(filter === '' && !faultsOnly ? '' : `${shown.rows.length} of ${shown.total}`),
          ...paneSummary(
            place.pane,
            place.pane === 'cluster' ? look.rows('nodes') : shown.rows,
            model,
          ),
        ]
      : [{ text: truncate(`filter: ${shown.filterError}`, Math.max(0, room)), tone: 'bad' }],
  );
  paintTable(canvas, inside(box.rect), model, view, shown.rows, {
    selected: cursor.ref ?? shown.rows.at(0)?.ref ?? null,
    top: cursor.top,
    header: true,
    focused: true,
    sort,
    marks,
    columns: model.session.columns[view.id] ?? allColumns,
    empty:
      filter !== '' || faultsOnly
        ? `nothing matches${filter === '' ? '' : ` /${filter}`}${faultsOnly ? ' among the faults' : ''}; esc clears`
        : 'nothing known yet',
  });
}

/** Index of the selected problem in the tree. */
export function selectedProblem({ session, problems }: Model): number {
  const index = problemTree(problems).findIndex(({ problem }) => problem.id === session.problem);
  return Math.max(0, index);
}

const problemAt = (model: Model) => problemTree(model.problems)[selectedProblem(model)]?.problem;

const problemTop = (model: Model, selected: number, height: number): number => {
  const top = model.session.cursors['problems']?.top ?? 0;
  return selected < top ? selected : selected >= top + height ? selected - height + 1 : top;
};
