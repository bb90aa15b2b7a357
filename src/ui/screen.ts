import { findHost, findZone, vlansOf } from '../domain/joined.ts';
import { refKind, refName } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import { CellBuffer } from '../term/cell-buffer.ts';
import { textWidth, truncate } from '../term/width.ts';
import { placedDialog } from './dialogs/dialog-shape.ts';
import { createKeeper } from './kept.ts';
import type { Keep, Keeper } from './kept.ts';
import { inside, isWide, layout } from './layout.ts';
import type { Box, Layout, Rect } from './layout.ts';
import { viewById, viewOf } from './model.ts';
import type { Model } from './model.ts';
import { frameRight, keepArea, wipe, write } from './paint/canvas.ts';
import type { Canvas, Run } from './paint/canvas.ts';
import { allColumns } from './paint/columns.ts';
import { paintCrumbs, paintHeader } from './paint/header.ts';
import { hostPage, hostPreview } from './paint/host-detail.ts';
import { createLook } from './paint/look.ts';
import type { Look } from './paint/look.ts';
import { paintOverviewPane, paneInputs, paneSummary, wantsOf } from './paint/overview.ts';
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
import type { RowWork, ShownRows } from './rows.ts';
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

/** How one model is laid out at one size; used by layout, paint and keys. */
type Frame = {
  readonly layout: Layout;
  /** What a detail view has for itself. */
  readonly area: Rect;
  readonly page: DetailPage | null;
  readonly shape: DetailShape | null;
};

export type ScreenOptions = {
  /** What was worked out for the last frame; by default one of its own. */
  readonly keeper?: Keeper;
  /** When long lists may be worked on; without it they are at once. */
  readonly work?: RowWork;
};

export function createScreen(
  tones: () => Tones,
  { keeper = createKeeper(), work }: ScreenOptions = {},
): Screen {
  const cached = createRowCache(work);
  const layer = createLayer(keeper.keep);
  let lastLook: Look | null = null;

  const lookOf = (model: Model): Look => {
    if (lastLook?.model !== model) {
      keeper.begin(model.now);
      lastLook = createLook(model, (view) => cached(model, view, '', false), keeper.keep);
    }
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
    if (!view) return NO_ROWS;
    return place.kind === 'overview'
      ? cached(model, view, '', false)
      : cached(model, view, filters[placeKey(place)] ?? '', faultsOnly, {
          sort: model.session.sorts[view.id] ?? defaultSort,
          frozen: model.session.dialog !== null,
        });
  };
  const frameOf = (model: Model, cols: number, rows: number): Frame => {
    const look = lookOf(model);
    const inputs = [cols, rows, ...modelInputs(model)];
    return look.keep('frame', inputs, () => makeFrame(look, cols, rows));
  };

  const paint = (buffer: CellBuffer, model: Model): void => {
    const look = lookOf(model);
    const frame = frameOf(model, buffer.cols, buffer.rows);
    const { layout: place, page, shape } = frame;
    const everything = modelInputs(model);
    const { canvas, region } = layer.begin(buffer.cols, buffer.rows, place, tones());
    region('header', place.header, [{}], () => paintHeader(canvas, place.header, model));
    const { crumbs, problems } = place;
    if (crumbs)
      region('crumbs', crumbs, [page, ...everything], () =>
        paintCrumbs(canvas, crumbs, model, page),
      );
    region('problems', problems.rect, everything, () => paintProblemStrip(canvas, problems, look));
    if (shape) {
      const cursor = model.session.cursors[placeKey(model.session.place)] ?? NO_CURSOR;
      region('detail', frame.area, [frame, cursor], () => shape.paint(canvas, cursor));
    } else {
      const table = shown(model);
      for (const box of place.boxes)
        region(`box ${box.id}`, box.rect, boxInputs(box, look, table), () =>
          paintBox(canvas, box, look, table),
        );
    }
    const hole = placedDialog(model, buffer.cols, buffer.rows)?.rect ?? null;
    const restore = hole === null ? null : keepArea(buffer, hole);
    buffer.overlay(canvas.buffer);
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

const NO_ROWS: ShownRows = { rows: [], total: 0, filterError: null };

/** What is painted, apart from the chrome, kept from frame to frame; each region is painted when its inputs change. */
function createLayer(keep: Keep) {
  const buffer = new CellBuffer(1, 1);
  let drawn: { readonly layout: Layout; readonly tones: Tones } | null = null;
  let version = 0;
  return {
    begin: (cols: number, rows: number, layout: Layout, tones: Tones) => {
      if (drawn?.layout !== layout || drawn.tones !== tones) {
        drawn = { layout, tones };
        version += 1;
        buffer.resize(cols, rows);
        buffer.clearThrough({ x: 0, y: 0, width: cols, height: rows });
      }
      const canvas: Canvas = { buffer, tones, keep };
      const region = (
        id: string,
        rect: Rect,
        inputs: readonly unknown[],
        paint: () => void,
      ): void => {
        keep(`region ${id}`, [version, ...inputs], () => {
          buffer.clearThrough(rect);
          paint();
        });
      };
      return { canvas, region };
    },
  };
}

/** Everything of a model that can change what is shown, but for the time; `samples` stands for its series. */
const modelInputs = ({
  now: _now,
  series: _series,
  tick: _tick,
  lock,
  ...rest
}: Model): readonly unknown[] => [lock.locked, lock.readOnly, lock.until, ...Object.values(rest)];

/** Everything that can change what a box shows, but for the time. */
function boxInputs(box: Box, look: Look, shown: ShownRows): readonly unknown[] {
  const { model } = look;
  const { problems, runs, timeline, session, views } = model;
  switch (box.id) {
    case 'hosts':
    case 'zones':
    case 'vms':
    case 'vlans':
    case 'cluster':
      return session.place.kind === 'overview'
        ? paneInputs(box.id, look, session.focus === box.id)
        : modelInputs(model);
    case 'timeline':
      return [timeline, problems, runs, views];
    case 'ledger':
      return [runs];
    default:
      return [
        shown.rows,
        shown.total,
        shown.filterError,
        workingText(shown),
        ...modelInputs(model),
      ];
  }
}

const NO_CURSOR: { readonly ref: Ref | null; readonly top: number } = { ref: null, top: 0 };

function makeFrame(look: Look, cols: number, rows: number): Frame {
  const { model } = look;
  const { place, focus } = model.session;
  const wide = place.kind === 'overview' && isWide(cols, rows);
  const lines = wide ? problemPaneWants(look, Math.floor(cols * 0.31) - 2) : problemLines(model);
  const needs = place.kind === 'overview' || place.kind === 'problems';
  const wants = needs ? wantsOf(look, cols, rows) : undefined;
  const numbers = wants ? [wants.problemList, wants.ledger, ...Object.values(wants.panes)] : [];
  const cluster = clusterName(model);
  // The same place for everything is the same object: nothing is painted anew for it.
  const base = look.keep('layout', [cols, rows, place, focus, lines, cluster, ...numbers], () => {
    const laid = layout(cols, rows, place, focus, lines, wants);
    return { ...laid, boxes: laid.boxes.map((box) => titled(box, cluster)) };
  });
  const area = base.boxes[0]?.rect ?? NOWHERE;
  const page = place.kind === 'detail' ? pageOf(look) : null;
  const cursor = model.session.cursors[placeKey(place)];
  const shape =
    page === null || base.boxes.length === 0 ? null : shapeDetail(page, area, cursor?.ref ?? null);
  return { area, page, shape, layout: shape ? { ...base, boxes: shape.boxes } : base };
}

const NOWHERE: Rect = { x: 0, y: 0, width: 0, height: 0 };

/** The name of the cluster when there is just one. */
function clusterName({ inventory }: Model): string | null {
  const [cluster, ...others] = inventory.clusters;
  return cluster === undefined || others.length > 0 ? null : cluster.name;
}

/** The cluster's pane bears its name. */
const titled = (box: Box, cluster: string | null): Box =>
  box.id === 'cluster' && cluster !== null ? { ...box, title: `${box.title} ${cluster}` } : box;

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

/** How far it is with what takes longer: `sorting 40%`. */
const workingText = ({ working }: ShownRows): string =>
  working ? `${working.what} ${Math.floor(working.done * 100)}%` : '';

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
          ...accent(workingText(shown)),
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
    empty: shown.working
      ? workingText(shown)
      : filter !== '' || faultsOnly
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
