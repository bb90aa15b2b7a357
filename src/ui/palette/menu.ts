import type { ToneName } from '../../domain/theme.ts';
import { textWidth } from '../../term/width.ts';
import type { DialogContent } from '../dialogs/dialog-shape.ts';
import type { Intent } from './intent.ts';
import { padded, windowTop } from './lines.ts';
import type { Line } from './lines.ts';
import type { PaletteSize } from './palette.ts';

/** A line of a menu. */
export type MenuEntry = {
  /** The key that takes it; empty for none. */
  readonly letter: string;
  readonly label: string;
  /** Beside the label: what it is, where, why. */
  readonly detail: string;
  readonly note: string;
  readonly noteTone: ToneName;
  /** false: it is shown with its note, and cannot be run. */
  readonly isPossible: boolean;
  readonly run: Intent;
};

/** An open menu. */
export type MenuState = {
  /** Which of the menus it is, for who opened it. */
  readonly id: string;
  readonly title: string;
  readonly right: string;
  readonly entries: readonly MenuEntry[];
  readonly selected: number;
  /** What the empty menu says. */
  readonly empty: string;
  /** A letter runs its entry at once; otherwise it selects it. */
  readonly isDirect: boolean;
  /** Moving onto an entry shows what it would do; leaving takes it back. */
  readonly preview: { readonly undo: Intent } | null;
  /** Running an entry leaves the menu open, for choosing several. */
  readonly staysOpen: boolean;
};

/** What a key did. `run` closes the menu unless it stays open; `preview` and `undo` are done and asked nothing about. */
export type MenuResult =
  | { readonly state: MenuState; readonly preview?: Intent }
  | { readonly run: Intent; readonly state: MenuState | null }
  | { readonly close: true; readonly undo: Intent | null };

const PAGE = 8;

/** What a key does in a menu. Letters of entries come first, then the keys that move. */
export function menuKey(state: MenuState, key: string): MenuResult {
  const lettered = state.entries.findIndex(({ letter }) => letter !== '' && letter === key);
  if (lettered >= 0)
    return state.isDirect ? take({ ...state, selected: lettered }) : moveTo(state, lettered);
  switch (key) {
    case 'esc':
    case 'q':
      return { close: true, undo: state.preview?.undo ?? null };
    case 'enter':
      return take(state);
    case 'up':
    case 'k':
      return moveTo(state, state.selected - 1);
    case 'down':
    case 'j':
      return moveTo(state, state.selected + 1);
    case 'pageup':
      return moveTo(state, state.selected - PAGE);
    case 'pagedown':
      return moveTo(state, state.selected + PAGE);
    case 'home':
      return moveTo(state, 0);
    case 'end':
      return moveTo(state, state.entries.length - 1);
    default:
      return { state };
  }
}

/** What cannot be done is selected, so that its reason is read. */
function take(state: MenuState): MenuResult {
  const entry = state.entries[state.selected];
  if (!entry?.isPossible) return { state };
  return { run: entry.run, state: state.staysOpen ? state : null };
}

/** Selects an entry, as a click does. */
export function moveTo(state: MenuState, wanted: number): MenuResult {
  const selected = Math.max(0, Math.min(state.entries.length - 1, wanted));
  const next = { ...state, selected };
  const entry = state.entries[selected];
  return state.preview && entry && selected !== state.selected
    ? { state: next, preview: entry.run }
    : { state: next };
}

const MOST_LINES = 24;
const LEAST_WIDTH = 40;
/** The frame, the blank behind it and the one before the other side. */
const FRAME = 4;

/** A menu as lines; a long one shows those around the selected. */
export function menuContent(state: MenuState, { width, height }: PaletteSize): DialogContent {
  const { entries, selected } = state;
  const room = Math.max(1, Math.min(height, MOST_LINES));
  const top = windowTop(entries.length, room, selected);
  const columns = columnWidths(entries, width);
  const lines = entries
    .slice(top, top + room)
    .map((entry, index) => entryLine(entry, top + index === selected, columns));
  const isCut = entries.length > lines.length;
  const used = columns.label + columns.detail + columns.note + 6;
  return {
    title: state.title,
    right: state.right,
    lines: lines.length > 0 ? lines : [[{ text: ` ${state.empty}`, tone: 'muted' }]],
    entries: lines.map((_, index) => (index < entries.length ? top + index : null)),
    footer: `${isCut ? `${top + 1}–${top + lines.length} of ${entries.length}   ` : ''}${state.preview ? 'enter keep   esc put back' : 'enter or letter   esc close'}`,
    wanted: Math.max(LEAST_WIDTH, used + FRAME, textWidth(state.title + state.right) + 10),
  };
}

type Widths = { readonly label: number; readonly detail: number; readonly note: number };

/** As wide as the widest of its cells; what is too much goes from the note, then from the detail. */
function columnWidths(entries: readonly MenuEntry[], width: number): Widths {
  const widest = (of: (entry: MenuEntry) => string): number =>
    Math.max(0, ...entries.map((entry) => textWidth(of(entry))));
  const room = Math.max(1, width - 4);
  const label = Math.min(room, widest(({ label: text }) => text) + 2);
  const detail = Math.min(room - label, widest(({ detail: text }) => text) + 2);
  const note = Math.min(
    room - label - detail,
    widest(({ note: text }) => text),
  );
  return { label, detail, note };
}

function entryLine(
  { letter, label, detail, note, noteTone, isPossible }: MenuEntry,
  isSelected: boolean,
  widths: Widths,
): Line {
  const tone = (own: ToneName): ToneName => (isSelected ? 'selection' : own);
  return [
    { text: isSelected ? '>' : ' ', tone: tone('plain') },
    { text: padded(letter, 2), tone: tone(isPossible ? 'key' : 'muted') },
    { text: padded(label, widths.label), tone: tone(isPossible ? 'plain' : 'muted') },
    { text: padded(detail, widths.detail), tone: tone('muted') },
    { text: padded(note, widths.note), tone: tone(noteTone) },
  ];
}
