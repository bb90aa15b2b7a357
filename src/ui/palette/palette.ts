import { plural } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { ToneName } from '../../domain/theme.ts';
import { textWidth } from '../../term/width.ts';
import type { DialogContent } from '../dialogs/dialog-shape.ts';
import { viewOf } from '../model.ts';
import type { Model } from '../model.ts';
import { withoutLast } from '../typed.ts';
import { paletteEntries } from './entries.ts';
import type { PaletteEntry } from './entries.ts';
import { actionNote } from './intent.ts';
import type { ActionCheck } from './intent.ts';
import { highlighted, padded, rule, windowTop } from './lines.ts';
import type { Line } from './lines.ts';
import { matchPalette } from './match.ts';
import type { PaletteMatch } from './match.ts';
import { rowCount } from './row-counts.ts';

/** The open command palette. */
export type PaletteState = {
  readonly text: string;
  /** Index of the selected match; -1 while nothing is typed and none was chosen. */
  readonly selected: number;
  /** Texts that were run before, newest first. */
  readonly history: readonly string[];
  /** Which of the history stands in the line; -1 for none. */
  readonly recalled: number;
  /** What there was when it opened: the list does not change under the hand. */
  readonly inventory: Inventory;
};

/** What a key did. `history` is what the next palette starts with. */
export type PaletteResult =
  | { readonly state: PaletteState }
  | { readonly run: PaletteEntry; readonly history: readonly string[] }
  | { readonly close: true };

const TYPED_LIMIT = 120;
const HISTORY_LIMIT = 50;
const PAGE = 8;

export const openPalette = (
  { inventory }: Pick<Model, 'inventory'>,
  history: readonly string[] = [],
): PaletteState => ({ text: '', selected: -1, history, recalled: -1, inventory });

/** The entries of an open palette: those of the moment when it opened. */
export const entriesOf = (
  { views, keymap }: Pick<Model, 'views' | 'keymap'>,
  { inventory }: PaletteState,
  themes: readonly string[] = [],
): readonly PaletteEntry[] => paletteEntries({ inventory, views, keymap }, themes);

/** Typed or pasted text goes into the line. */
export const typeIntoPalette = (state: PaletteState, text: string): PaletteState =>
  withText(state, (state.text + text.replaceAll(/\s+/g, ' ')).trimStart());

const withText = (state: PaletteState, text: string, recalled = -1): PaletteState => ({
  ...state,
  text: text.slice(0, TYPED_LIMIT),
  selected: text.trim() === '' ? -1 : 0,
  recalled,
});

/** What a key does in the palette; `text` is what it types. */
export function paletteKey(
  state: PaletteState,
  key: string,
  text: string,
  entries: readonly PaletteEntry[],
): PaletteResult {
  const matches = matchPalette(entries, state.text, state.history);
  switch (key) {
    case 'esc':
      return { close: true };
    case 'enter':
      return enter(state, matches);
    case 'up':
      return { state: state.selected <= 0 ? recall(state, 1) : move(state, matches, -1) };
    case 'down':
      return { state: state.recalled >= 0 ? recall(state, -1) : move(state, matches, 1) };
    case 'pageup':
      return { state: move(state, matches, -PAGE) };
    case 'pagedown':
      return { state: move(state, matches, PAGE) };
    case 'tab': {
      const match = matches[Math.max(0, state.selected)];
      return { state: match ? withText(state, match.entry.text) : state };
    }
    case 'backspace':
      return state.text === ''
        ? { close: true }
        : { state: withText(state, withoutLast(state.text)) };
    case 'ctrl-u':
      return { state: withText(state, '') };
    case 'ctrl-w':
      return { state: withText(state, state.text.replace(/\S+\s*$/, '')) };
    default:
      return { state: text === '' ? state : typeIntoPalette(state, text) };
  }
}

/** An empty line does nothing: a second enter by mistake must not run what happens to stand first. */
function enter(state: PaletteState, matches: readonly PaletteMatch[]): PaletteResult {
  if (state.selected < 0) return { close: true };
  const entry = matches[state.selected]?.entry;
  if (!entry) return { state };
  const history = [entry.text, ...state.history.filter((text) => text !== entry.text)];
  return { run: entry, history: history.slice(0, HISTORY_LIMIT) };
}

const move = (
  state: PaletteState,
  matches: readonly PaletteMatch[],
  step: number,
): PaletteState => ({
  ...state,
  recalled: -1,
  selected: Math.max(0, Math.min(matches.length - 1, state.selected + step)),
});

/** Up on an empty line, or on a recalled one, brings back what was run before. */
function recall(state: PaletteState, step: number): PaletteState {
  if (state.recalled < 0 && (state.text !== '' || step < 0)) return state;
  const recalled = Math.min(state.recalled + step, state.history.length - 1);
  const text = state.history[recalled];
  return withText(state, text ?? '', text === undefined ? -1 : recalled);
}

export type PaletteSize = {
  /** Cells of a line, without the frame. */
  readonly width: number;
  /** Lines, without the frame. */
  readonly height: number;
};

/** Width of the dialog, with its frame, on a screen of so many cells. */
export const paletteWidth = (cols: number): number => Math.min(cols, cols >= 120 ? 96 : 76);
const NO_NOTE: ReturnType<typeof actionNote> = { text: '', tone: 'muted', isPossible: true };
const DETAIL = 16;
const KEY = 7;
/** The share of a line that says why an action cannot be done, or what it takes. */
const NOTE_SHARE = 0.34;
/** Below this width the place of a thing is left out. */
const DETAIL_FROM = 48;
/** The input line, the rule beneath it, and the line that teaches words. */
const FIXED_LINES = 3;
const MOST_LINES = 20;
const KEY_WORDS: Readonly<Record<string, string>> = { backspace: 'bksp', 'shift-tab': 's-tab' };

/** The palette as lines. Their number depends on the size only, so that the dialog stands still while one types. */
export function paletteContent(
  model: Model,
  state: PaletteState,
  { width, height }: PaletteSize,
  { themes, check }: { readonly themes: readonly string[]; readonly check: ActionCheck },
): DialogContent {
  const matches = matchPalette(entriesOf(model, state, themes), state.text, state.history);
  const room = Math.max(1, Math.min(height, MOST_LINES) - FIXED_LINES);
  const rows = listRows(matches);
  const at = rows.findIndex((row) => row.index === state.selected);
  const top = windowTop(rows.length, room, at);
  const inSight = rows.slice(top, top + room);
  const notes = inSight.map(({ match }) =>
    match?.entry.run.kind === 'action'
      ? actionNote(model, check, match.entry.run.id, match.entry.run.ref)
      : NO_NOTE,
  );
  // Names have what notes leave.
  const widest = Math.max(...notes.map(({ text }) => textWidth(text)));
  const cells = { width, note: Math.max(0, Math.min(Math.floor(width * NOTE_SHARE), widest)) };
  const list = inSight.map((row, line) =>
    row.match === null
      ? rule(width, row.section)
      : matchLine(
          row.match,
          row.index === state.selected,
          cells,
          model,
          notes[line] ?? NO_NOTE,
          state.inventory,
        ),
  );
  const nothing: Line = [{ text: ' nothing is called that', tone: 'muted' }];
  const body = matches.length === 0 ? [nothing] : list;
  const fixed = Array.from({ length: FIXED_LINES - 1 }, () => null);
  return {
    title: 'Command',
    right: 'tab complete  ↑ history',
    lines: [
      [
        { text: ': ', tone: 'key' },
        { text: state.text, tone: 'plain' },
        { text: '_', tone: 'accent' },
      ],
      rule(width),
      ...body,
      ...Array.from({ length: room - body.length }, (): Line => []),
      [{ text: 'k9s words work too:  :po media   :no   :ctx   :pulse > overview', tone: 'muted' }],
    ],
    entries: [...fixed, ...inSight.map(({ index }) => index)],
    footer: `${matches.length > room ? `${matches.length} matches   ` : ''}enter run   esc close`,
    wanted: width + 4,
  };
}

type ListRow =
  | { readonly match: PaletteMatch; readonly index: number }
  | { readonly match: null; readonly index: null; readonly section: PaletteMatch['section'] };

/** Matches with a rule before each section but the first. */
function listRows(matches: readonly PaletteMatch[]): readonly ListRow[] {
  const rows: ListRow[] = [];
  for (const [index, match] of matches.entries()) {
    const { section } = match;
    if (index > 0 && section !== matches[index - 1]?.section)
      rows.push({ match: null, index: null, section });
    rows.push({ match, index });
  }
  return rows;
}

/** What is said beside an entry: of a view how many rows it has now, else where the thing is. */
function detailOf(
  { run, detail }: PaletteEntry,
  { views, now }: Model,
  inventory: Inventory,
): string {
  if (run.kind !== 'go' || run.place.kind !== 'pane') return detail;
  const view = viewOf(views, run.place.pane, run.place.tab);
  const count = view ? rowCount(view, run.filter ?? '', inventory, now) : null;
  return count === null ? detail : plural(count, 'row');
}

function matchLine(
  { entry, positions }: PaletteMatch,
  isSelected: boolean,
  { width, note: noteWidth }: { readonly width: number; readonly note: number },
  model: Model,
  note: ReturnType<typeof actionNote>,
  inventory: Inventory,
): Line {
  const tone: ToneName = isSelected ? 'selection' : 'plain';
  const toneOf = (own: ToneName): ToneName => (isSelected ? 'selection' : own);
  const detailWidth = width >= DETAIL_FROM ? DETAIL : 0;
  const textCells = Math.max(1, width - 1 - detailWidth - KEY - noteWidth - 1);
  return [
    { text: isSelected ? '>' : ' ', tone },
    ...highlighted(entry.text, positions, textCells, tone, toneOf('accent')),
    { text: ' ', tone },
    {
      text: padded(padded(detailOf(entry, model, inventory), detailWidth - 1), detailWidth),
      tone: toneOf('muted'),
    },
    { text: padded(KEY_WORDS[entry.key] ?? entry.key, KEY), tone: toneOf('key') },
    { text: padded(note.text, noteWidth), tone: toneOf(note.tone) },
  ];
}
