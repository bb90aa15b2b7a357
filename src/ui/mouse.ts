import { refKind } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { InputEvent } from '../term/input.ts';
import { footerHints, hintAt } from './chrome/footer-hints.ts';
import type { ControllerDeps } from './controller.ts';
import { entryAt, placedDialog } from './dialogs/dialog-shape.ts';
import { keyContext } from './key-context.ts';
import { isPage } from './model.ts';
import type { Model } from './model.ts';
import { movedParts, moveSelection, scrollBox, selectedRef, selectProblem } from './moving.ts';
import { contains } from './paint/spots.ts';
import type { Spot } from './paint/spots.ts';
import { menuKey, moveTo } from './palette/menu.ts';
import type { MenuResult } from './palette/menu.ts';
import { problemAt } from './screen.ts';
import { go, panelKey, PANES, placeKey } from './session.ts';
import type { Cursor, Dialog, PaneId, Session } from './session.ts';

type MouseEvent = Extract<InputEvent, { type: 'mouse' }>;

/** What a click or the wheel causes; nothing of it runs an action or confirms one. */
export type MouseCommands = {
  /** Does what the key does. */
  readonly press: (key: string) => void;
  readonly open: (ref: Ref) => void;
  readonly toTab: (tab: number) => void;
  readonly sortBy: (column: string) => void;
  readonly changeSpan: (step: 1 | -1) => void;
  readonly scrollDialog: (lines: number) => void;
  readonly chooseInMenu: (result: MenuResult) => void;
  readonly show: (dialog: Dialog | null) => void;
};

const WHEEL_ROWS = 3;
/** A second click on the same cell within this time opens, even if what is drawn there has moved. */
const DOUBLE_MS = 500;

type Selected = { readonly kind: 'thing'; readonly ref: Ref } | { readonly kind: 'entry' };

/**
 * Turns the mouse into changes of the session: a click selects, on what is selected it opens; the wheel scrolls what is
 * under the pointer.
 */
export function createMouse(
  { model, update, screen, size }: ControllerDeps,
  commands: MouseCommands,
): (event: MouseEvent) => void {
  let last: {
    readonly x: number;
    readonly y: number;
    readonly at: number;
    readonly selected: Selected;
  } | null = null;

  const place = (now: Model) => {
    const { cols, rows } = size();
    return {
      dialog: placedDialog(now, cols, rows),
      footer: screen.layout(now, cols, rows).footer,
      focus: screen.focus(now, cols, rows),
      cols,
      rows,
    };
  };

  /** Selects a thing in a box; true when it was selected there already. */
  const select = (now: Model, box: string, ref: Ref, top?: number): boolean => {
    const { session } = now;
    const { focus } = place(now);
    const isFocused = focus.id === box;
    const pane = paneAt(session, box);
    const key =
      pane !== undefined
        ? `${pane}.0`
        : box === 'table'
          ? placeKey(session.place)
          : panelKey(session.place, box);
    const cursor: Cursor = session.cursors[key] ?? { ref: null, top: 0 };
    if (isFocused && cursor.ref === ref) return true;
    update((current) => ({
      ...withFocus(current, box),
      typing: false,
      // A pane of the overview that had no focus showed its first rows; a table stays as it is.
      cursors: {
        ...current.cursors,
        [key]: { ...cursor, ref, top: pane && !isFocused ? 0 : (top ?? cursor.top) },
      },
    }));
    return false;
  };

  /** What the click selected, for a second one; null when it did something else. */
  const onSpot = (now: Model, spot: Spot, box: string | null): Selected | null => {
    const { session } = now;
    switch (spot.kind) {
      case 'place':
        update((current) => go(current, spot.place));
        return null;
      case 'tab':
        commands.toTab(spot.tab);
        return null;
      case 'column':
        commands.sortBy(spot.column);
        return null;
      case 'problem': {
        const problem = now.problems.find(({ id }) => id === spot.id);
        if (!problem) return null;
        const isList = session.place.kind === 'problems' && box === 'problem-list';
        const hasFocus = place(now).focus.id === 'problem-list';
        if (isList && hasFocus && problemAt(now)?.id === problem.id) {
          commands.open(problem.subject);
          return null;
        }
        update((current) =>
          withFocus(selectProblem(go(current, { kind: 'problems' }), problem.id), 'problem-list'),
        );
        return isList ? { kind: 'thing', ref: problem.subject } : null;
      }
      case 'cell': {
        const cursor = session.cursors['vlan-map'] ?? { ref: null, top: 0 };
        const isSelected =
          place(now).focus.id === 'vlan-map' &&
          cursor.ref === spot.ref &&
          (cursor.col ?? null) === spot.col;
        if (isSelected) {
          const ref = selectedRef(now, screen, size());
          if (ref !== null) commands.open(ref);
          return null;
        }
        update((current) => ({
          ...withFocus(current, 'vlan-map'),
          cursors: { ...current.cursors, 'vlan-map': { ...cursor, ref: spot.ref, col: spot.col } },
        }));
        const ref = selectedRef(model(), screen, size());
        return ref === null ? null : { kind: 'thing', ref };
      }
      case 'thing': {
        const isSelectable =
          box !== null && (box === 'table' || place(now).focus.ids.includes(box));
        if (isSelectable && !select(now, box, spot.ref, spot.top))
          return { kind: 'thing', ref: spot.ref };
        commands.open(spot.ref);
        return null;
      }
    }
  };

  const onDialogClick = (now: Model, x: number, y: number, isSecond: boolean): Selected | null => {
    const { dialog } = place(now);
    const state = now.session.dialog;
    if (!state || state.kind === 'confirm' || state.kind === 'question' || state.kind === 'blocked')
      return null;
    if (!dialog || !contains(dialog.rect, x, y)) {
      commands.press('esc');
      return null;
    }
    if (state.kind === 'help' || state.kind === 'own-path' || state.kind === 'unlock') return null;
    const entry = entryAt(dialog, x, y);
    if (entry === null) return null;
    if (entry === state.state.selected || isSecond) {
      commands.press('enter');
      return null;
    }
    if (state.kind === 'menu') commands.chooseInMenu(moveTo(state.state, entry));
    else commands.show({ kind: 'palette', state: { ...state.state, selected: entry } });
    return { kind: 'entry' };
  };

  const onClick = (x: number, y: number, isSecond: boolean): Selected | null => {
    const now = model();
    const { session } = now;
    if (session.dialog) return onDialogClick(now, x, y, isSecond);
    const { footer, layoutHint } = hintUnder(now, x, y);
    if (footer) {
      if (layoutHint !== null) commands.press(layoutHint);
      return null;
    }
    const { box, spot } = screen.spotAt(x, y);
    if (spot) return onSpot(now, spot, box);
    if (box !== null && place(now).focus.ids.includes(box))
      update((current) => withFocus(current, box));
    return null;
  };

  /** Whether the cell is in the last line, and the key of the hint there. */
  const hintUnder = (now: Model, x: number, y: number) => {
    const { footer, cols, rows } = place(now);
    const { session } = now;
    if (!footer || !contains(footer, x, y)) return { footer: false, layoutHint: null };
    const isMessage = session.message !== null && screen.layout(now, cols, rows).crumbs === null;
    if (session.typing || isMessage) return { footer: true, layoutHint: null };
    const ref = selectedRef(now, screen, size());
    const kind = ref === null ? null : refKind(ref);
    const hints = footerHints(now.keymap, keyContext(session, now.views), kind, footer.width - 2);
    return { footer: true, layoutHint: hintAt(hints, x - footer.x)?.press ?? null };
  };

  const onWheel = ({ x, y, ctrl }: MouseEvent, step: 1 | -1) => {
    const now = model();
    const { dialog, place: where } = now.session;
    if (dialog) {
      if (dialog.kind === 'menu')
        commands.chooseInMenu(menuKey(dialog.state, step > 0 ? 'down' : 'up'));
      else if (dialog.kind !== 'palette') commands.scrollDialog(step * WHEEL_ROWS);
      // Above the first match the key would bring back what was typed before.
      else if (step > 0 || dialog.state.selected > 0) commands.press(step > 0 ? 'down' : 'up');
      return;
    }
    if (ctrl && isPage(now.views, where)) {
      commands.changeSpan(step);
      return;
    }
    const { box } = screen.spotAt(x, y);
    if (box === null) return;
    const pane = paneAt(now.session, box);
    if (pane !== undefined) {
      update((session) => withFocus(session, pane));
      const focused = model();
      const moved = moveSelection(focused, screen, size(), step * WHEEL_ROWS);
      update((session) => ({ ...session, cursors: moved.cursors }));
    } else if (box === 'table' || place(now).focus.ids.includes(box)) {
      const moved = scrollBox(box, now, screen, size(), step * WHEEL_ROWS);
      update((session) => ({ ...session, ...movedParts(moved) }));
    }
  };

  return (event) => {
    const { kind, button, x, y } = event;
    if (kind === 'wheel-down' || kind === 'wheel-up') {
      onWheel(event, kind === 'wheel-down' ? 1 : -1);
      return;
    }
    if (kind !== 'press' || button !== 0) return;
    const at = model().now;
    const first = last?.x === x && last.y === y && at - last.at <= DOUBLE_MS ? last.selected : null;
    last = null;
    if (first?.kind === 'thing' && !model().session.dialog) {
      commands.open(first.ref);
      return;
    }
    const selected = onClick(x, y, first?.kind === 'entry');
    if (selected) last = { x, y, at, selected };
  };
}

/** The pane of the overview in a box. */
const paneAt = ({ place }: Session, box: string): PaneId | undefined =>
  place.kind === 'overview' ? PANES.find((id) => id === box) : undefined;

/** The session with the focus on a box of the place. */
function withFocus(session: Session, box: string): Session {
  const pane = paneAt(session, box);
  if (pane !== undefined) return { ...session, focus: pane };
  if (box === 'table' || session.place.kind === 'overview') return session;
  return { ...session, panels: { ...session.panels, [placeKey(session.place)]: box } };
}
