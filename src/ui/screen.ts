import { findHost, findZone, vlansOf } from '../domain/joined.ts';
import type { Problem } from '../domain/problem.ts';
import { clusterRef, refHost, refKind, refName, refText } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import { whileSame } from '../domain/same-parts.ts';
import type { BoundView } from '../domain/view.ts';
import { CellBuffer } from '../term/cell-buffer.ts';
import { placedDialog } from './dialogs/dialog-shape.ts';
import { keyName } from './dialogs/help-lines.ts';
import { createKeeper } from './kept.ts';
import type { Keep, Keeper } from './kept.ts';
import { inside, isWide, layout, MAP_PANELS, PROBLEM_PANELS, settleLayout } from './layout.ts';
import type { Box, Layout, Rect } from './layout.ts';
import { isPage, overviewView, pageView, viewById, viewOf } from './model.ts';
import type { Model } from './model.ts';
import { keepArea, wipe, write } from './paint/canvas.ts';
import type { Canvas, Region } from './paint/canvas.ts';
import { clusterPage } from './paint/cluster-page.ts';
import { crumbInputs, headerOf, paintCrumbs, paintHeader } from './paint/header.ts';
import { hostPage, hostPreview } from './paint/host-detail.ts';
import { linkPage } from './paint/link-page.ts';
import { createLook } from './paint/look.ts';
import type { Look } from './paint/look.ts';
import { paintMainTable } from './paint/main-table.ts';
import { paintOverviewPane, paneInputs, wantsOf } from './paint/overview.ts';
import {
  blockPage,
  blockPanels,
  cursorOf,
  panelIds,
  paintPanel,
  paintPreview,
  placePage,
  placePanel,
  placePreview,
  settlePage,
  settlePanels,
  settlePreview,
} from './paint/panel.ts';
import type { DetailPage, Panel, PlacedPanel } from './paint/panel.ts';
import {
  paintProblemList,
  paintProblemStrip,
  problemDetailPanel,
  problemLines,
  problemPaneWants,
  problemTree,
  problemTreePanel,
  stripLines,
} from './paint/problems.ts';
import { contains, createSpots } from './paint/spots.ts';
import type { Spot, Spots } from './paint/spots.ts';
import { storagePage } from './paint/storage-pages.ts';
import { paintText } from './paint/text.ts';
import { paintLedger, paintTimeline } from './paint/timeline.ts';
import {
  mapCursor,
  paintVlanMap,
  vlanChecksPanel,
  vlanMembersPanel,
  vlanPage,
} from './paint/vlan-map.ts';
import { zonePage, zonePreview } from './paint/zone-detail-screen.ts';
import { createRowCache, rowDetail } from './rows.ts';
import type { RowWork, ShownRows } from './rows.ts';
import { panelKey, PANES, placeKey, zoomedPanel } from './session.ts';
import type { PaneId, Session } from './session.ts';
import { defaultSort } from './table/sorting.ts';
import type { Tones } from './tones.ts';

/** Paints the dense parts of the screen over the chrome that Ink has drawn. */
export type Screen = {
  /**
   * @param chrome what lies beneath, if the buffer still has the whole frame before: only what has changed is laid over
   *   it then
   */
  readonly paint: (buffer: CellBuffer, model: Model, chrome?: CellBuffer | null) => void;
  readonly layout: (model: Model, cols: number, rows: number) => Layout;
  /** The rows of the table that the place shows. */
  readonly shown: (model: Model) => ShownRows;
  /** The frames of the place that scroll by themselves, those that are in sight. */
  readonly panels: (model: Model, cols: number, rows: number) => readonly PlacedPanel[];
  /** Ids of all frames that can have the focus, in reading order, and the one that has it. */
  readonly focus: (model: Model, cols: number, rows: number) => Focus;
  /** What was painted last at a cell that can be clicked, and in which frame; null for nothing. */
  readonly spotAt: (
    x: number,
    y: number,
  ) => { readonly box: string | null; readonly spot: Spot | null };
  /** Names of the tabs of the detail view that is open; fewer than two mean that there are none. */
  readonly tabs: (model: Model) => readonly string[];
  /** The model with the rows of its views, for whoever needs to know what the screen shows. */
  readonly look: (model: Model) => Look;
};

/** What can have the focus in the place where the user is. */
export type Focus = { readonly ids: readonly string[]; readonly id: string };

/** How one model is laid out at one size; used by layout, paint and keys. */
type Frame = {
  readonly layout: Layout;
  readonly page: DetailPage | null;
  readonly panels: readonly PlacedPanel[];
  readonly focus: Focus;
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
      // A pane, its title and its height ask for the same rows.
      const known = new Map<BoundView, ShownRows>();
      const rowsOf = (view: BoundView): ShownRows => {
        let rows = known.get(view);
        if (!rows) known.set(view, (rows = cached(model, view, '', false)));
        return rows;
      };
      lastLook = createLook(model, rowsOf, keeper.keep);
    }
    return lastLook;
  };
  const shown = (model: Model): ShownRows => {
    const { place, filters, faultsOnly, focus } = model.session;
    const view =
      place.kind === 'pane'
        ? viewOf(model.views, place.pane, place.tab)
        : place.kind === 'overview'
          ? overviewView(model.views, focus)
          : undefined;
    if (!view || isPage(model.views, place)) return NO_ROWS;
    return place.kind === 'overview'
      ? cached(model, view, '', false)
      : cached(model, view, filters[placeKey(place)] ?? '', faultsOnly, {
          sort: model.session.sorts[view.id] ?? defaultSort,
          frozen: model.session.dialog !== null,
        });
  };
  const sameFrame = whileSame<Frame>();
  const frameOf = (model: Model, cols: number, rows: number): Frame =>
    sameFrame([model, cols, rows], () => {
      const look = lookOf(model);
      const inputs = [cols, rows, ...modelInputs(model)];
      return look.keep('frame', inputs, () => makeFrame(look, cols, rows));
    });

  /** A dialog lay over a part of the last frame. */
  let wasCovered = false;
  let painted: { readonly layout: Layout; readonly spots: readonly Spots[] } | null = null;
  const paint = (buffer: CellBuffer, model: Model, chrome: CellBuffer | null = null): void => {
    const look = lookOf(model);
    const frame = frameOf(model, buffer.cols, buffer.rows);
    const { layout: place, page } = frame;
    const { region, finish } = layer.begin(buffer.cols, buffer.rows, place, tones());
    const header = headerOf(look, place);
    region('header', place.header, [header], (canvas) => paintHeader(canvas, place.header, header));
    const { crumbs, problems } = place;
    if (crumbs)
      region('crumbs', crumbs, crumbInputs(model, page), (canvas) =>
        paintCrumbs(canvas, crumbs, model, page),
      );
    const strip = stripLines(look, problems);
    region('problems', problems.rect, [strip, model.problems], (canvas) =>
      paintProblemStrip(canvas, problems, model, strip),
    );
    const table = shown(model);
    const panels = new Map(frame.panels.map((panel) => [panel.box.id, panel]));
    for (const box of place.boxes) {
      const panel = panels.get(box.id);
      if (box.id === 'table') paintMainTable(region, box, look, table, noteOf(model, box));
      else if (box.id === 'preview') showPreview(region, box, look, table);
      else if (panel) showPanel(region, panel, look, frame.focus);
      else
        region(`box ${box.id}`, box.rect, boxInputs(box, look, frame.focus), (canvas) =>
          paintBox(canvas, box, look, frame.focus),
        );
    }
    const hole = placedDialog(model, buffer.cols, buffer.rows)?.rect ?? null;
    const isCovered = hole !== null || wasCovered;
    wasCovered = hole !== null;
    if (isCovered && chrome !== null) buffer.copyFrom(chrome);
    const restore = hole === null ? null : keepArea(buffer, hole);
    painted = { layout: place, spots: finish(buffer, isCovered ? null : chrome) };
    restore?.();
  };
  return {
    paint,
    shown,
    layout: (model, cols, rows) => frameOf(model, cols, rows).layout,
    panels: (model, cols, rows) => frameOf(model, cols, rows).panels,
    focus: (model, cols, rows) => frameOf(model, cols, rows).focus,
    spotAt: (x, y) => ({
      box: painted?.layout.boxes.find(({ rect }) => contains(rect, x, y))?.id ?? null,
      spot: painted?.spots.map((spots) => spots.at(x, y)).find((spot) => spot !== null) ?? null,
    }),
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
      const changed: Rect[] = [];
      const isNew = drawn?.layout !== layout || drawn.tones !== tones;
      if (isNew) {
        drawn = { layout, tones };
        version += 1;
        buffer.resize(cols, rows);
        buffer.clearThrough({ x: 0, y: 0, width: cols, height: rows });
      }
      const all: Spots[] = [];
      const region: Region = (id, rect, inputs, paint) => {
        const spots = keep(`region ${id}`, [version, ...inputs], () => {
          const own = createSpots();
          changed.push(rect);
          buffer.clearThrough(rect);
          paint({ buffer, tones, keep, spots: own });
          return own;
        });
        all.push(spots);
      };
      /** Lays what was painted over a screen, and tells what can be clicked in it. */
      const finish = (screen: CellBuffer, chrome: CellBuffer | null): readonly Spots[] => {
        if (chrome === null) screen.overlay(buffer);
        else if (isNew) screen.overlay(buffer, undefined, chrome);
        else for (const rect of changed) screen.overlay(buffer, rect, chrome);
        return all;
      };
      return { region, finish };
    },
  };
}

/** Everything of a model that can change what is shown, but for the time; `samples` stands for its series. */
const modelInputs = ({
  now: _now,
  past: _past,
  tick: _tick,
  lock,
  ...rest
}: Omit<Model, 'session'>): readonly unknown[] => [
  lock.locked,
  lock.readOnly,
  lock.until,
  ...Object.values(rest),
];

/** What is known, without where the user is: everything that can change what is told of a thing, but for the time. */
const dataInputs = (model: Model): readonly unknown[] => {
  const { session: _session, ...rest } = model;
  return modelInputs(rest);
};

/** Everything that can change what a box shows, but for the time. */
function boxInputs(box: Box, look: Look, focus: Focus): readonly unknown[] {
  const { model } = look;
  const { problems, runs, timeline, session, views } = model;
  switch (box.id) {
    case 'hosts':
    case 'zones':
    case 'vms':
    case 'vlans':
    case 'cluster':
      return session.place.kind === 'overview'
        ? paneInputs(box.id, look, session.focus === box.id, box.rect)
        : modelInputs(model);
    case 'timeline':
      return [timeline, problems, runs, views];
    case 'ledger':
      return [runs];
    case 'problem-list':
    case 'vlan-map': {
      const cursor = session.cursors[box.id === 'vlan-map' ? box.id : 'problems'];
      const place = [cursor?.ref, cursor?.top, cursor?.col, selectedProblem(model)];
      const isFocused = focus.id === box.id;
      return [...place, isFocused, noteOf(model, box), ...dataInputs(model)];
    }
    default:
      return modelInputs(model);
  }
}

function makeFrame(look: Look, cols: number, rows: number): Frame {
  const { model } = look;
  const { session } = model;
  const { place } = session;
  const wide = place.kind === 'overview' && isWide(cols, rows);
  const lines = wide ? problemPaneWants(look, Math.floor(cols * 0.31) - 2) : problemLines(model);
  const needs = place.kind === 'overview' || place.kind === 'problems';
  const wants = needs ? wantsOf(look, cols, rows) : undefined;
  const numbers = wants ? [wants.problemList, wants.ledger, ...Object.values(wants.panes)] : [];
  const cluster = clusterName(model);
  const zoomed = zoomedPanel(session);
  const isPaged = isPage(model.views, place);
  const choice = { focus: session.panels[placeKey(place)] ?? null, zoomed, isPage: isPaged };
  const table = place.kind === 'pane' ? viewOf(model.views, place.pane, place.tab)?.title : '';
  const inputs = [cols, rows, place, session.focus, lines, cluster, choice.focus, zoomed, table];
  // The same place for everything is the same object: nothing is painted anew for it.
  const base = look.keep(
    'layout',
    [...inputs, ...numbers],
    () => {
      const laid = layout(cols, rows, place, session.focus, lines, wants, choice);
      return { ...laid, boxes: laid.boxes.map((box) => titled(box, cluster, table)) };
    },
    settleLayout,
  );
  const { page, panels, ids } = contentOf(look, base, isPaged, zoomed);
  const boxes = panels.map(({ box }) => box);
  return {
    page,
    panels,
    layout:
      page === null ? base : look.keep('page layout', [base, ...boxes], () => ({ ...base, boxes })),
    focus: focusOf(session, isPaged, panels, ids),
  };
}

/** What the panels of a place say. */
type Content = {
  readonly page: DetailPage | null;
  readonly panels: readonly PlacedPanel[];
  /** All panels of the page, also those that another one has the place of. */
  readonly ids: readonly string[];
};

const NO_CONTENT: Content = { page: null, panels: [], ids: [] };

/** The panels of a place; where one is scrolled to, and which has the focus, is no part of what they say. */
function contentOf(
  look: Look,
  { boxes }: Layout,
  isPaged: boolean,
  zoomed: string | null,
): Content {
  const { model } = look;
  const { place, span, problem } = model.session;
  if (!isPaged && place.kind !== 'problems' && place.kind !== 'vlan-map') return NO_CONTENT;
  const cell = mapCursor(model);
  const area = boxes[0]?.rect;
  const inputs = [place, span, problem, cell.ref, cell.col, zoomed, isPaged];
  const rects = boxes.flatMap(({ id, rect: { x, y, width, height } }) => [id, x, y, width, height]);
  return look.keep(
    'content',
    [...inputs, ...rects, ...dataInputs(model)],
    (): Content => {
      if (isPaged) {
        const page = area ? pageOf(look) : null;
        if (page === null || !area) return NO_CONTENT;
        return { page, panels: placePage(page, area, zoomed), ids: panelIds(page, area) };
      }
      const panels = boxes.flatMap(({ id, rect }) => {
        const panel = panelOf(id, look);
        return panel ? [placePanel(panel, rect)] : [];
      });
      return { page: null, panels, ids: [] };
    },
    (before, after) => ({
      page: before.page && after.page ? settlePage(before.page, after.page) : after.page,
      panels: settlePanels(before.panels, after.panels),
      ids: after.ids,
    }),
  );
}

/** The name of the cluster when there is just one. */
function clusterName({ inventory }: Model): string | null {
  const [cluster, ...others] = inventory.clusters;
  return cluster === undefined || others.length > 0 ? null : cluster.name;
}

/** The panel of a frame that scrolls by itself; undefined for other frames. */
function panelOf(id: string, look: Look): Panel | undefined {
  switch (id) {
    case 'problem-tree':
      return problemTreePanel(problemAt(look.model), look);
    case 'problem-detail':
      return problemDetailPanel(problemAt(look.model), look);
    case 'vlan-members':
      return vlanMembersPanel(look);
    case 'vlan-checks':
      return vlanChecksPanel(look);
    default:
      return undefined;
  }
}

/**
 * Of a page, its panels, even when one of them has the place for itself; without a choice the first with something to
 * select has the focus.
 */
function focusOf(
  session: Session,
  isPaged: boolean,
  panels: readonly PlacedPanel[],
  pageIds: readonly string[],
): Focus {
  const { place, focus } = session;
  const among = (ids: readonly string[], first: string): Focus => {
    const wanted = zoomedPanel(session) ?? session.panels[placeKey(place)];
    return { ids, id: ids.find((id) => id === wanted) ?? first };
  };
  switch (place.kind) {
    case 'overview':
      return { ids: PANES, id: focus };
    case 'problems':
      return among(PROBLEM_PANELS, 'problem-list');
    case 'vlan-map':
      return among(MAP_PANELS, 'vlan-map');
    case 'log':
    case 'document':
      return { ids: ['text'], id: 'text' };
    case 'pane':
    case 'detail': {
      if (!isPaged) return { ids: ['table'], id: 'table' };
      const inSight = panels.map(({ box }) => box.id);
      const first = panels.find(({ lines }) => lines.some(({ ref }) => ref !== undefined));
      return among(
        zoomedPanel(session) === null ? inSight : pageIds,
        (first ?? panels[0])?.box.id ?? 'detail',
      );
    }
  }
}

/** The cluster's pane bears its name, a table that of its tab. */
const titled = (box: Box, cluster: string | null, table: string | undefined): Box => {
  if (box.id === 'table') return { ...box, title: table ?? box.title };
  return box.id === 'cluster' && cluster !== null
    ? { ...box, title: `${box.title} ${cluster}` }
    : box;
};

/** Tabs that are pages, by the ids of their views. */
const PAGES: Readonly<Record<string, (look: Look) => DetailPage>> = {
  cluster: (look) => clusterPage(look.model.inventory.clusters, look),
};

/** The page of the place; null when its thing is gone. */
function pageOf(look: Look): DetailPage | null {
  const { model } = look;
  const { place } = model.session;
  const { inventory } = model;
  const view = pageView(model.views, place);
  if (view) return PAGES[view.id]?.(look) ?? null;
  if (place.kind !== 'detail') return null;
  switch (place.view) {
    case 'cluster': {
      const cluster = inventory.clusters.find(({ name }) => clusterRef(name) === place.ref);
      return cluster ? clusterPage([cluster], look) : null;
    }
    case 'hosts': {
      const host = findHost(inventory, refHost(place.ref) ?? '');
      if (!host) return null;
      if (refKind(place.ref) === 'host') return hostPage(host, look, place.tab ?? 0);
      return refKind(place.ref) === 'link'
        ? linkPage(place.ref, host, look)
        : storagePage(place.ref, host, look);
    }
    case 'zones':
    case 'vms': {
      if (refKind(place.ref) === 'kubevirt') return viewPage(place.view, place.ref, look);
      const zone = findZone(inventory, place.ref);
      return zone ? zonePage(zone, look, place.tab ?? 0) : null;
    }
    case 'vlans': {
      const vlan = vlansOf(inventory).find(({ ref }) => ref === place.ref);
      return vlan ? vlanPage(vlan, look) : null;
    }
    default:
      return viewPage(place.view, place.ref, look);
  }
}

/** What a view tells of one of its rows. */
function viewPage(view: string, ref: Ref, { model }: Look): DetailPage | null {
  const blocks = viewById(model.views, view)?.detail(ref, model.inventory, model.now);
  return blocks ? blockPage(refText(ref), blocks) : null;
}

/** Shows a panel; it is painted when it says something else, or is scrolled or selected in. */
function showPanel(region: Region, panel: PlacedPanel, { model }: Look, { id }: Focus): void {
  const { session } = model;
  const { box } = panel;
  const cursor = cursorOf(panel, session.cursors[panelKey(session.place, box.id)]);
  const focused = id === box.id;
  const note = noteOf(model, box);
  region(`box ${box.id}`, box.rect, [panel, cursor.ref, cursor.top, focused, note], (canvas) =>
    paintPanel(canvas, panel, cursor, { focused, note }),
  );
}

/** Shows beneath a table what is known of its selected row. */
function showPreview(region: Region, { id, rect }: Box, look: Look, shown: ShownRows): void {
  const { model } = look;
  const { place, cursors, span } = model.session;
  const ref = cursors[placeKey(place)]?.ref ?? shown.rows.at(0)?.ref ?? null;
  const preview = look.keep(
    'preview',
    [ref, rect, span, shown.rows, ...dataInputs(model)],
    () => {
      const title = ref === null ? '' : ref.slice(ref.indexOf(':') + 1);
      return placePreview(rect, title, ref === null ? [] : previewOf(ref, look, shown));
    },
    settlePreview,
  );
  region(`box ${id}`, rect, [preview], (canvas) => paintPreview(canvas, rect, preview));
}

function paintBox(canvas: Canvas, box: Box, look: Look, focus: Focus): void {
  const { model } = look;
  const { session } = model;
  const { place } = session;
  const focused = focus.id === box.id;
  const note = noteOf(model, box);
  switch (box.id) {
    case 'problem-list': {
      const selected = selectedProblem(model);
      const height = inside(box.rect).height - 1;
      paintProblemList(
        canvas,
        box.rect,
        model,
        problemTree(model.problems)[selected]?.problem.id ?? null,
        problemTop(model, selected, height),
        { focused, note },
      );
      return;
    }
    case 'vlan-map':
      paintVlanMap(canvas, box.rect, look, { focused, note });
      return;
    case 'timeline':
      paintTimeline(canvas, box.rect, model);
      return;
    case 'ledger':
      paintLedger(canvas, box.rect, model);
      return;
    case 'text':
      paintText(canvas, box.rect, model);
      return;
    case 'detail': {
      if (place.kind !== 'detail') return;
      const area = inside(box.rect);
      wipe(canvas, area);
      write(
        canvas,
        area.x + 1,
        area.y,
        `${place.ref} is gone: no source knows it any more`,
        'unknown',
        area.x + area.width,
      );
      return;
    }
    default:
      paintOverviewPane(canvas, box, paneId(box.id), look, focused);
  }
}

/** What the lower border of a frame says when it is zoomed. */
function noteOf({ keymap, session }: Model, { id: panel }: Box): string {
  if (zoomedPanel(session) !== panel) return '';
  const [key] = keymap.bindings.find(({ id }) => id === 'unzoom')?.keys ?? [];
  return key === undefined ? 'zoomed' : `zoomed, ${keyName(key)} back`;
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

/** Index of the selected problem in the tree. */
export function selectedProblem({ session, problems }: Model): number {
  const index = problemTree(problems).findIndex(({ problem }) => problem.id === session.problem);
  return Math.max(0, index);
}

/** The selected problem; the first when none is. */
export const problemAt = (model: Model): Problem | undefined =>
  problemTree(model.problems)[selectedProblem(model)]?.problem;

const problemTop = (model: Model, selected: number, height: number): number => {
  const top = model.session.cursors['problems']?.top ?? 0;
  return selected < top ? selected : selected >= top + height ? selected - height + 1 : top;
};
