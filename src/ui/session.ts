import type { Plan } from '../domain/action.ts';
import type { CollectError } from '../domain/feed.ts';
import type { LogWindow } from '../domain/log.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { QuestionState } from './dialogs/question-state.ts';
import type { SpanId } from './paint/chart.ts';
import type { ColumnChoice } from './paint/columns.ts';
import type { MenuState } from './palette/menu.ts';
import type { PaletteState } from './palette/palette.ts';
import type { Reading } from './reading.ts';
import { noMarks } from './table/marks.ts';
import type { Marks } from './table/marks.ts';
import type { RefList } from './table/row-list.ts';
import type { SortState } from './table/sorting.ts';

export type PaneId = 'hosts' | 'zones' | 'vms' | 'vlans' | 'cluster';
export const PANES: readonly PaneId[] = ['hosts', 'zones', 'vms', 'vlans', 'cluster'];

/** Where the user is. */
export type Place =
  | { readonly kind: 'overview' }
  | { readonly kind: 'pane'; readonly pane: PaneId; readonly tab: number }
  | { readonly kind: 'problems' }
  | { readonly kind: 'vlan-map' }
  | { readonly kind: 'detail'; readonly view: string; readonly ref: Ref; readonly tab?: number }
  /** Logs of pods and workloads of one cluster, all of them as one. */
  | { readonly kind: 'log'; readonly refs: readonly Ref[] }
  /** One object of a cluster as the API gives it. */
  | { readonly kind: 'document'; readonly what: 'yaml' | 'describe'; readonly ref: Ref };

/** The selected row is kept by its reference, so that sorting never moves the selection to another thing. */
export type Cursor = {
  readonly ref: Ref | null;
  readonly top: number;
  /** In a map: the column of the selected cell; null or missing selects the whole row. */
  readonly col?: number | null;
};

/** How sure the user has to be, and why. */
export type Guard = {
  readonly level: number;
  readonly reasons: readonly string[];
  /** What others still do meanwhile. */
  readonly kept: readonly string[];
  /** What would make it less; missing where nothing is known to. */
  readonly safer?: string;
  /** What has to be typed; null where a key is enough. */
  readonly phrase: string | null;
};

/** At this level what was typed counts down before it runs. */
export const HIGHEST_GUARD = 3;
/** So long: time to think again. */
export const COUNTDOWN_SECONDS = 5;

/** What a dry run of the plans in question has found: all that comes before their commands, and no command. */
export type DryRun =
  | { readonly state: 'asking' }
  | { readonly state: 'ok'; readonly at: EpochMs }
  | { readonly state: 'refused'; readonly at: EpochMs; readonly reason: string };

export type Dialog =
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'palette'; readonly state: PaletteState }
  | { readonly kind: 'menu'; readonly state: MenuState }
  | { readonly kind: 'question'; readonly state: QuestionState }
  /** What for actions are to be unlocked. */
  | { readonly kind: 'unlock'; readonly typed: string }
  /** What the user's own session runs through. */
  | { readonly kind: 'own-path'; readonly top: number }
  /** A host whose key is not the known one. */
  | {
      readonly kind: 'blocked';
      readonly host: string;
      readonly error: CollectError;
      readonly top: number;
    }
  | {
      readonly kind: 'confirm';
      readonly plan: Plan;
      /** Plans for the other marked things, run one after another while each one is verified. */
      readonly more: readonly Plan[];
      readonly label: string;
      readonly guard: Guard;
      /** Only the plan is shown: nothing can be confirmed. */
      readonly isDry: boolean;
      readonly dryRun: DryRun;
      readonly typed: string;
      /** Seconds until it runs, once the consequence was typed; null before. */
      readonly countdown: number | null;
      /** How long it usually takes, in words; null when the ledger does not tell. */
      readonly usual: string | null;
      readonly openedAt: EpochMs;
      /** First line in sight, where the screen is too small for all. */
      readonly top: number;
      /** Why it opened again, when the subject changed meanwhile. */
      readonly notice: string | null;
    };

export type Message = {
  readonly text: string;
  readonly tone: 'info' | 'warn' | 'bad';
  readonly until: EpochMs;
};

/** The state of the interface; the data is elsewhere. */
export type Session = {
  readonly place: Place;
  readonly back: readonly Place[];
  readonly forward: readonly Place[];
  readonly focus: PaneId;
  readonly cursors: Readonly<Record<string, Cursor>>;
  readonly filters: Readonly<Record<string, string>>;
  /** The filter line is open for typing. */
  readonly typing: boolean;
  readonly faultsOnly: boolean;
  /** The panel that keys go to, by the place's key; what is missing has the place's first choice. */
  readonly panels: Readonly<Record<string, string>>;
  /** The panel that has the whole place for itself; `from` is where it was opened from, to go back there. */
  readonly zoomed: {
    readonly key: string;
    readonly panel: string;
    readonly from: Place | null;
  } | null;
  /** How texts are shown, whichever it is. */
  readonly texts: {
    readonly wrap: boolean;
    readonly time: boolean;
    readonly window: LogWindow;
  };
  /** How the text of the place is read; null or of another place for how it begins. */
  readonly reading: Reading | null;
  /** How far charts look back; null for what suits what is known. */
  readonly span: SpanId | null;
  /** Id of the selected problem: one thing may have several. */
  readonly problem: string | null;
  /** By the view's id. */
  readonly sorts: Readonly<Record<string, SortState>>;
  readonly columns: Readonly<Record<string, ColumnChoice>>;
  readonly marks: Marks;
  /** Where a range of marks begins. */
  readonly anchor: Ref | null;
  readonly paletteHistory: readonly string[];
  readonly dialog: Dialog | null;
  readonly message: Message | null;
};

/** With what a dry run of a plan has found, while its question still stands. */
export const withDryRun = (
  session: Session,
  plan: Plan | undefined,
  reason: string | null,
  at: EpochMs,
): Session =>
  session.dialog?.kind === 'confirm' && session.dialog.plan === plan
    ? {
        ...session,
        dialog: {
          ...session.dialog,
          dryRun: reason === null ? { state: 'ok', at } : { state: 'refused', at, reason },
        },
      }
    : session;

const HISTORY_LIMIT = 50;

export const initialSession: Session = {
  place: { kind: 'overview' },
  back: [],
  forward: [],
  focus: 'hosts',
  cursors: {},
  filters: {},
  typing: false,
  faultsOnly: false,
  panels: {},
  zoomed: null,
  texts: { wrap: false, time: false, window: 'tail' },
  reading: null,
  span: null,
  problem: null,
  sorts: {},
  columns: {},
  marks: noMarks,
  anchor: null,
  paletteHistory: [],
  dialog: null,
  message: null,
};

/** Goes to a place; the one before is kept for going back. */
export const go = (session: Session, place: Place): Session =>
  samePlace(session.place, place)
    ? session
    : {
        ...session,
        place,
        back: [...session.back, session.place].slice(-HISTORY_LIMIT),
        forward: [],
        typing: false,
        zoomed: null,
        // Marks belong to the table that they were made in.
        marks: noMarks,
        anchor: null,
        focus: place.kind === 'pane' ? place.pane : session.focus,
      };

/** Where `esc` leads: one level up, not back in history. */
export function up(session: Session): Session {
  const { place, back } = session;
  switch (place.kind) {
    case 'overview':
      return session;
    case 'pane':
    case 'problems':
    case 'vlan-map':
      return go(session, { kind: 'overview' });
    case 'detail': {
      const from = back.at(-1);
      return from && from.kind !== 'detail' && from.kind !== 'log' && from.kind !== 'document'
        ? { ...session, place: from, back: back.slice(0, -1), zoomed: null }
        : go(session, { kind: 'overview' });
    }
    case 'log':
    case 'document': {
      const from = back.at(-1);
      return from
        ? { ...session, place: from, back: back.slice(0, -1), zoomed: null }
        : go(session, { kind: 'overview' });
    }
  }
}

export const goBack = (session: Session): Session => {
  const place = session.back.at(-1);
  return place
    ? {
        ...session,
        place,
        zoomed: null,
        back: session.back.slice(0, -1),
        forward: [session.place, ...session.forward],
      }
    : session;
};
export const goForward = (session: Session): Session => {
  const [place, ...forward] = session.forward;
  return place
    ? { ...session, place, zoomed: null, forward, back: [...session.back, session.place] }
    : session;
};

/** The key under which a place keeps its selection and its filter. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case 'overview':
    case 'problems':
    case 'vlan-map':
      return place.kind;
    case 'pane':
      return `${place.pane}.${place.tab}`;
    case 'detail':
      return `detail.${place.ref}.${place.tab ?? 0}`;
    case 'log':
      return `log.${place.refs.join(' ')}`;
    case 'document':
      return `document.${place.what}.${place.ref}`;
  }
}

/** The key under which a panel of a place keeps where it is scrolled to. */
export const panelKey = (place: Place, panel: string): string => `${placeKey(place)}/${panel}`;

/** The panel that is zoomed in the place where the user is. */
export const zoomedPanel = ({ zoomed, place }: Session): string | null =>
  zoomed?.key === placeKey(place) ? zoomed.panel : null;

const samePlace = (a: Place, b: Place): boolean => a.kind === b.kind && placeKey(a) === placeKey(b);

/** Moves a selection among `refs`, which are in the order of the screen; the window of `height` rows follows. */
export function moveCursor(
  cursor: Cursor,
  refs: RefList,
  height: number,
  step: number | 'first' | 'last',
): Cursor {
  if (refs.length === 0) return { ref: null, top: 0 };
  const { col } = cursor;
  // Without a selection the first row is drawn as selected.
  const found = cursor.ref === null ? 0 : refs.indexOf(cursor.ref);
  const from = found < 0 ? Math.min(cursor.top, refs.length - 1) : found;
  const wanted =
    step === 'first'
      ? 0
      : step === 'last'
        ? refs.length - 1
        : found < 0 && step !== 0
          ? from
          : from + step;
  const index = Math.max(0, Math.min(refs.length - 1, wanted));
  return {
    ref: refs.at(index) ?? null,
    top: follow(cursor.top, index, refs.length, height),
    ...(col === undefined ? {} : { col }),
  };
}

/** The first visible row so that `index` is on the screen. */
export function follow(top: number, index: number, total: number, height: number): number {
  const last = Math.max(0, total - Math.max(1, height));
  const shown = index < top ? index : index >= top + height ? index - height + 1 : top;
  return Math.max(0, Math.min(last, shown));
}
