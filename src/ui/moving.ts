import type { Ref } from '../domain/ref.ts';
import { inside } from './layout.ts';
import type { Model } from './model.ts';
import { moveDetail } from './paint/panel.ts';
import { problemTree } from './paint/problems.ts';
import { mapCursor, mapRefs, mapTargets } from './paint/vlan-map.ts';
import { selectedProblem } from './screen.ts';
import type { Screen } from './screen.ts';
import { follow, moveCursor, placeKey } from './session.ts';
import type { Cursor, Session } from './session.ts';
import { refsOf } from './table/row-list.ts';
import type { RefList } from './table/row-list.ts';

export type Step = number | 'first' | 'last';
export type Size = { readonly cols: number; readonly rows: number };

/** Lines of a box's inside that rows can stand on. */
export function roomOf(model: Model, screen: Screen, { cols, rows }: Size): number {
  const { place, focus } = model.session;
  const ids: Readonly<Record<typeof place.kind, string>> = {
    overview: focus,
    pane: 'table',
    problems: 'problem-list',
    'vlan-map': 'vlan-map',
    detail: 'detail',
  };
  const box = screen.layout(model, cols, rows).boxes.find(({ id }) => id === ids[place.kind]);
  const header =
    place.kind === 'pane' || place.kind === 'problems' || place.kind === 'vlan-map' ? 1 : 0;
  return Math.max(1, (box ? inside(box.rect).height : 1) - header);
}

/** The session with its selection moved, in whatever place it is. */
export function moveSelection(model: Model, screen: Screen, size: Size, step: Step): Session {
  const { session } = model;
  const { place } = session;
  const room = roomOf(model, screen, size);
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
    case 'detail':
      return moveInDetail(model, screen, size, step);
  }
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
  return {
    ...session,
    problem: tree[index]?.problem.id ?? null,
    cursors: { ...session.cursors, problems: { ref: null, top } },
  };
}

function moveInDetail(model: Model, screen: Screen, { cols, rows }: Size, step: Step): Session {
  const { session } = model;
  const shape = screen.detail(model, cols, rows);
  if (!shape) return session;
  const key = placeKey(session.place);
  const next = moveDetail(shape, session.cursors[key] ?? { ref: null, top: 0 }, step);
  return { ...session, cursors: { ...session.cursors, [key]: next } };
}

/** The thing that the selection stands on. */
export function selectedRef(model: Model, screen: Screen): Ref | null {
  const { place, cursors, focus } = model.session;
  switch (place.kind) {
    case 'overview':
      return cursors[`${focus}.0`]?.ref ?? null;
    case 'pane':
      return cursors[placeKey(place)]?.ref ?? screen.shown(model).rows.at(0)?.ref ?? null;
    case 'problems':
      return problemTree(model.problems)[selectedProblem(model)]?.problem.subject ?? null;
    case 'vlan-map':
      return mapTargets(screen.look(model), mapCursor(model))[0] ?? null;
    case 'detail':
      return cursors[placeKey(place)]?.ref ?? place.ref;
  }
}

/** The session with the map's cell cursor moved: left of the first host is the whole row. */
export function moveColumn({ session, inventory }: Model, step: 1 | -1): Session {
  const cursor = session.cursors['vlan-map'] ?? { ref: mapRefs(inventory)[0] ?? null, top: 0 };
  const wanted = (cursor.col ?? -1) + step;
  const col = wanted < 0 ? null : Math.min(wanted, inventory.hosts.length - 1);
  return { ...session, cursors: { ...session.cursors, 'vlan-map': { ...cursor, col } } };
}
