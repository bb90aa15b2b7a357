import type { Ref } from '../domain/ref.ts';
import { inside } from './layout.ts';
import { isPage } from './model.ts';
import type { Model } from './model.ts';
import { cursorOf, movePanel, noCursor, scrollPanel, visibleTop } from './paint/panel.ts';
import type { PanelCursor, PlacedPanel } from './paint/panel.ts';
import { problemTree } from './paint/problems.ts';
import { textRows } from './paint/text.ts';
import { mapCursor, mapRefs, mapTargets } from './paint/vlan-map.ts';
import { firstRow, modelText, moveRow, nextMatch, readingOf, scrollTo } from './reading.ts';
import type { ReadTop, Rows } from './reading.ts';
import { selectedProblem } from './screen.ts';
import type { Screen } from './screen.ts';
import { follow, moveCursor, panelKey, PANES, placeKey } from './session.ts';
import type { Cursor, Session } from './session.ts';
import { refsOf } from './table/row-list.ts';
import type { RefList } from './table/row-list.ts';

export type Step = number | 'first' | 'last';
export type Size = { readonly cols: number; readonly rows: number };

/** What moving changes of a session. */
export const movedParts = ({
  cursors,
  problem,
  reading,
}: Session): Pick<Session, 'cursors' | 'problem' | 'reading'> => ({ cursors, problem, reading });

/** Lines of the focused box that rows can stand on. */
export function roomOf(model: Model, screen: Screen, size: Size): number {
  return roomIn(screen.focus(model, size.cols, size.rows).id, model, screen, size);
}

function roomIn(id: string, model: Model, screen: Screen, { cols, rows }: Size): number {
  const panel = screen.panels(model, cols, rows).find(({ box }) => box.id === id);
  if (panel) return Math.max(1, panel.height);
  const box = screen.layout(model, cols, rows).boxes.find((each) => each.id === id);
  if (id === 'text' && box) return textRows(model, modelText(model), box.rect).height;
  // Above the rows of a table stand its titles.
  const header = model.session.place.kind === 'overview' ? 0 : 1;
  return Math.max(1, (box ? inside(box.rect).height : 1) - header);
}

/** The session with the selection of its focused box moved. */
export function moveSelection(model: Model, screen: Screen, size: Size, step: Step): Session {
  return moveInBox(screen.focus(model, size.cols, size.rows).id, model, screen, size, step);
}

/** The session with one of its boxes scrolled, focused or not; a table's selection moves. */
export function scrollBox(
  id: string,
  model: Model,
  screen: Screen,
  size: Size,
  step: number,
): Session {
  const { session } = model;
  const panel = screen.panels(model, size.cols, size.rows).find(({ box }) => box.id === id);
  if (!panel) return moveInBox(id, model, screen, size, step);
  const key = panelKey(session.place, id);
  const cursor = scrollPanel(panel, cursorOf(panel, session.cursors[key]), step);
  return { ...session, cursors: { ...session.cursors, [key]: cursor } };
}

function moveInBox(id: string, model: Model, screen: Screen, size: Size, step: Step): Session {
  const { session } = model;
  const { place } = session;
  const panel = screen.panels(model, size.cols, size.rows).find(({ box }) => box.id === id);
  if (panel) {
    const key = panelKey(place, id);
    const cursor = movePanel(panel, cursorOf(panel, session.cursors[key]), step);
    return { ...session, cursors: { ...session.cursors, [key]: cursor } };
  }
  const room = roomIn(id, model, screen, size);
  switch (place.kind) {
    case 'overview':
    case 'pane': {
      const refs = refsOf(screen.shown(model).rows);
      const key = place.kind === 'overview' ? `${session.focus}.0` : placeKey(place);
      return moveIn(session, key, refs, room, step);
    }
    case 'problems':
      return moveAmongProblems(model, room, step);
    case 'vlan-map':
      return moveIn(session, 'vlan-map', mapRefs(model.inventory), room, step);
    case 'log':
    case 'document':
      return moveText(model, screen, size, step);
    case 'detail':
      return session;
  }
}

/** The rows of the place's text on the screen; null where there is none. */
function laidText(model: Model, screen: Screen, { cols, rows }: Size): Rows | null {
  const box = screen.layout(model, cols, rows).boxes.find(({ id }) => id === 'text');
  return box ? textRows(model, modelText(model), box.rect) : null;
}

function moveText(model: Model, screen: Screen, size: Size, step: Step): Session {
  const { session } = model;
  const laid = laidText(model, screen, size);
  if (!laid) return session;
  const reading = readingOf(session);
  return { ...session, reading: { ...reading, top: scrollTo(laid, reading.top, step) } };
}

/** Where the text stays when it is no longer followed: what is in sight now. */
export function stillTop(model: Model, screen: Screen, size: Size): ReadTop {
  const laid = laidText(model, screen, size);
  return laid ? scrollTo(laid, readingOf(model.session).top, 0) : 'start';
}

/** The next line that matches the filter, and where the text is scrolled to so that it is in sight; null for none. */
export function matchFrom(
  model: Model,
  screen: Screen,
  size: Size,
  step: 1 | -1,
): { readonly hit: number; readonly top: ReadTop } | null {
  const laid = laidText(model, screen, size);
  if (!laid) return null;
  const reading = readingOf(model.session);
  const text = modelText(model);
  const { index } = firstRow(laid, reading.top);
  const last = text.lines.findIndex(({ id }) => id === reading.hit);
  const found = nextMatch(text, last < 0 ? index - Number(step > 0) : last, step);
  const line = found === null ? undefined : text.lines[found];
  if (found === null || !line) return null;
  const end = moveRow(laid, firstRow(laid, reading.top), laid.height - 1);
  const isSeen = found >= index && found < end.index;
  const { index: at, row } = moveRow(laid, { index: found, row: 0 }, -Math.floor(laid.height / 3));
  const first = text.lines[at];
  const top: ReadTop = isSeen
    ? scrollTo(laid, reading.top, 0)
    : first
      ? { id: first.id, row }
      : 'start';
  return { hit: line.id, top };
}

function moveIn(session: Session, key: string, refs: RefList, room: number, step: Step): Session {
  const cursor: Cursor = session.cursors[key] ?? { ref: refs.at(0) ?? null, top: 0 };
  return {
    ...session,
    cursors: { ...session.cursors, [key]: moveCursor(cursor, refs, room, step) },
  };
}

/** One thing may have several problems, so these are selected by their own ids. */
function moveAmongProblems(model: Model, room: number, step: Step): Session {
  const { session } = model;
  const tree = problemTree(model.problems);
  const from = selectedProblem(model);
  const wanted = step === 'first' ? 0 : step === 'last' ? tree.length - 1 : from + step;
  const index = Math.max(0, Math.min(tree.length - 1, wanted));
  const top = follow(session.cursors['problems']?.top ?? 0, index, tree.length, room);
  const next = selectProblem(session, tree[index]?.problem.id ?? null);
  return { ...next, cursors: { ...next.cursors, problems: { ref: null, top } } };
}

/** The session with a problem selected: what is told of it is not scrolled yet. */
export function selectProblem(session: Session, problem: string | null): Session {
  if (session.problem === problem) return session;
  const about = new Set(['problem-tree', 'problem-detail'].map((id) => `problems/${id}`));
  const kept = Object.entries(session.cursors).filter(([key]) => !about.has(key));
  return { ...session, problem, cursors: Object.fromEntries(kept) };
}

/**
 * The session with the focus on the next panel, or with a long list scrolled to its next part; null when there is no
 * other.
 */
export function nextPanel(
  model: Model,
  screen: Screen,
  { cols, rows }: Size,
  step: 1 | -1,
): Session | null {
  const { session } = model;
  const { ids, id } = screen.focus(model, cols, rows);
  const list = screen.panels(model, cols, rows).find(({ box }) => box.id === id);
  if (list && list.sections.length > 0) return nextSection(session, list, step);
  if (ids.length < 2) return null;
  const next = ids[(ids.indexOf(id) + step + ids.length) % ids.length] ?? id;
  if (session.place.kind === 'overview') {
    const pane = PANES.find((each) => each === next);
    return pane === undefined ? null : { ...session, focus: pane };
  }
  const key = placeKey(session.place);
  const { zoomed } = session;
  return {
    ...session,
    panels: { ...session.panels, [key]: next },
    zoomed: zoomed?.key === key ? { ...zoomed, panel: next } : zoomed,
  };
}

/** The part of a list that its selection, or its first line, is in. */
function sectionAt(list: PlacedPanel, { ref, top }: PanelCursor): number {
  const line = ref === null ? -1 : list.lines.findIndex((each) => each.ref === ref);
  const at = line >= 0 ? line : visibleTop(list, { ref, top });
  return Math.max(
    0,
    list.sections.findLastIndex((section) => section.line <= at),
  );
}

function nextSection(session: Session, list: PlacedPanel, step: 1 | -1): Session {
  const key = panelKey(session.place, list.box.id);
  const { sections } = list;
  const cursor = session.cursors[key] ?? noCursor;
  const last = Math.max(0, list.lines.length - list.height);
  const isEnd = step > 0 && visibleTop(list, cursor) === last;
  const next = isEnd ? 0 : (sectionAt(list, cursor) + step + sections.length) % sections.length;
  const top = Math.min(last, sections[next]?.line ?? 0);
  return { ...session, cursors: { ...session.cursors, [key]: { ref: null, top } } };
}

/** The panel that gets the place for itself: the focused one, or the part of the list that is looked at. */
export function panelToZoom(model: Model, screen: Screen, { cols, rows }: Size): string {
  const { id } = screen.focus(model, cols, rows);
  const list = screen.panels(model, cols, rows).find(({ box }) => box.id === id);
  const cursor = model.session.cursors[panelKey(model.session.place, id)] ?? noCursor;
  return (list && list.sections[sectionAt(list, cursor)]?.id) ?? id;
}

/** The thing that the selection stands on. */
export function selectedRef(model: Model, screen: Screen, { cols, rows }: Size): Ref | null {
  const { place, cursors, focus } = model.session;
  if (place.kind === 'pane' && !isPage(model.views, place))
    return cursors[placeKey(place)]?.ref ?? screen.shown(model).rows.at(0)?.ref ?? null;
  switch (place.kind) {
    case 'overview':
      return cursors[`${focus}.0`]?.ref ?? null;
    case 'log':
      return place.refs[0] ?? null;
    case 'document':
      return place.ref;
    case 'pane':
    case 'problems':
    case 'vlan-map':
    case 'detail': {
      const { id } = screen.focus(model, cols, rows);
      const panel = screen.panels(model, cols, rows).find(({ box }) => box.id === id);
      const ref = cursors[panelKey(place, id)]?.ref ?? null;
      // What is no longer told there is not selected.
      if (ref !== null && panel?.lines.some((line) => line.ref === ref)) return ref;
      if (place.kind === 'detail') return place.ref;
      if (place.kind === 'pane') return null;
      return place.kind === 'problems'
        ? (problemTree(model.problems)[selectedProblem(model)]?.problem.subject ?? null)
        : (mapTargets(screen.look(model), mapCursor(model))[0] ?? null);
    }
  }
}

/** The session with the map's cell cursor moved: left of the first host is the whole row. */
export function moveColumn({ session, inventory }: Model, step: 1 | -1): Session {
  const cursor = session.cursors['vlan-map'] ?? { ref: mapRefs(inventory)[0] ?? null, top: 0 };
  const wanted = (cursor.col ?? -1) + step;
  const col = wanted < 0 ? null : Math.min(wanted, inventory.hosts.length - 1);
  return { ...session, cursors: { ...session.cursors, 'vlan-map': { ...cursor, col } } };
}
