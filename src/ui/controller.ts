import type { Plan } from '../domain/action.ts';
import { clock, plural } from '../domain/format.ts';
import type { HandOverPlan } from '../domain/hand-over.ts';
import { isHostLog } from '../domain/host-logs.ts';
import { findZone } from '../domain/joined.ts';
import type { LinkReply } from '../domain/link-question.ts';
import { LOG_WINDOWS } from '../domain/log.ts';
import type { LogWindow } from '../domain/log.ts';
import {
  hostRef,
  refHost,
  refKind,
  refName,
  refPath,
  refPhrase,
  vmRef,
  zoneRef,
} from '../domain/ref.ts';
import type { Ref, RefKind } from '../domain/ref.ts';
import type { BoundColumn, BoundView } from '../domain/view.ts';
import type { InputEvent } from '../term/input.ts';
import { columnMenu } from './column-menu.ts';
import { CONFIRM_DEAF_MS } from './dialogs/deaf.ts';
import { lastTop, placedDialog } from './dialogs/dialog-shape.ts';
import { openQuestion, pasteInto, questionKey } from './dialogs/question-state.ts';
import { keyContext } from './key-context.ts';
import { actionFor, CONFIRM_KEY, LOG_KINDS, OBJECT_KINDS, wrongKind } from './keymap.ts';
import { actionMenu, dryRunMenu, relatedMenu, sortMenu, themeMenu } from './menus.ts';
import { isPage, viewOf, viewOfRef } from './model.ts';
import type { Model } from './model.ts';
import { createMouse } from './mouse.ts';
import {
  matchFrom,
  movedParts,
  moveColumn,
  moveSelection,
  nextPanel,
  panelToZoom,
  roomOf,
  selectedRef,
  stillTop,
} from './moving.ts';
import type { Size, Step } from './moving.ts';
import { nextSpan, spanOf } from './paint/chart.ts';
import { allColumns, columnsFor } from './paint/columns.ts';
import type { ColumnChoice } from './paint/columns.ts';
import { visibleText, wholeText } from './paint/text.ts';
import type { Intent } from './palette/intent.ts';
import { menuKey } from './palette/menu.ts';
import type { MenuResult, MenuState } from './palette/menu.ts';
import { entriesOf, openPalette, paletteKey, typeIntoPalette } from './palette/palette.ts';
import { pendingFor } from './questions.ts';
import { isText, modelText, readingOf } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Screen } from './screen.ts';
import {
  COUNTDOWN_SECONDS,
  go,
  goBack,
  goForward,
  HIGHEST_GUARD,
  PANES,
  placeKey,
  up,
  zoomedPanel,
} from './session.ts';
import type { Dialog, Guard, PaneId, Place, Session } from './session.ts';
import { scrollColumns, toggleColumn, toggleWide } from './table/column-sets.ts';
import { dropGone, goneText, markRange, noMarks, toggleMark } from './table/marks.ts';
import { refsOf } from './table/row-list.ts';
import { defaultSort, reverseSort, toggleSort } from './table/sorting.ts';
import type { SortState } from './table/sorting.ts';
import { withoutLast } from './typed.ts';

/** What the interface can cause outside itself. */
export type Effects = {
  /** Locks, unlocks, or asks what for. */
  readonly toggleLock: () => void;
  readonly unlock: (reason: string) => void;
  readonly retry: () => void;
  /** Reads the text of the place again. */
  readonly reread: () => void;
  /** Adds a line to the logs that are read. */
  readonly markLog: (text: string) => void;
  /** Answers what a host asks. */
  readonly reply: (host: string, reply: LinkReply) => void;
  readonly quit: () => void;
  readonly suspend: () => void;
  readonly repaint: () => void;
  /** Shows a theme; `keep` remembers it for the next start. */
  readonly theme: (name: string, keep: boolean) => void;
  /** Puts text into the user's clipboard; false when it is too long. */
  readonly copy: (text: string) => boolean;
  /** Makes the plan of an action or a hand-over, or says why it cannot be done. */
  readonly plan: (
    action: string,
    subject: Ref,
  ) =>
    | {
        readonly plan: Plan;
        readonly label: string;
        readonly guard: Guard;
        readonly usual: string | null;
      }
    | { readonly handOver: HandOverPlan }
    | { readonly unavailable: string };
  /** Gives the terminal away. */
  readonly handOver: (plan: HandOverPlan) => void;
  /** Runs confirmed plans, one after another while each one is verified. */
  readonly run: (plans: readonly Plan[]) => void;
  /** Looks at plans as a run does before their commands; the session is told what was found (`withDryRun`). */
  readonly dryRun: (plans: readonly Plan[]) => void;
  /** Plans that were asked about and not confirmed: nothing runs. */
  readonly cancelled: (plans: readonly Plan[], reason: string) => void;
  /** Milliseconds since the terminal was late to show something; 0 while it is. */
  readonly sinceLag: () => number;
  /** Calls back once after so many milliseconds. */
  readonly after: (ms: number, run: () => void) => void;
};

export type ControllerDeps = {
  readonly model: () => Model;
  readonly update: (change: (session: Session) => Session) => void;
  readonly screen: Screen;
  readonly size: () => Size;
  readonly effects: Effects;
};

const TWICE_MS = 2000;
const MESSAGE_MS = 6000;
const TYPED_LIMIT = 120;
/** What scrolls a confirmation that is higher than the screen; letters may be part of its answer. */
const SCROLL_KEYS: Readonly<Record<string, Step>> = {
  down: 1,
  up: -1,
  pagedown: 'last',
  pageup: 'first',
};
/** So many things at once ask for the highest guard. */
const MANY = 3;

/** Turns input into changes of the session and into effects. */
export function createController(deps: ControllerDeps): (event: InputEvent) => void {
  const { model, update, screen, size, effects } = deps;

  const say = (text: string, tone: 'info' | 'warn' | 'bad' = 'info', forMs = MESSAGE_MS) => {
    const until = model().now + forMs;
    update((session) => ({ ...session, message: { text, tone, until } }));
  };
  const show = (dialog: Dialog | null) => update((session) => ({ ...session, dialog }));
  const showMenu = (state: MenuState) => show({ kind: 'menu', state });

  /** The second key counts for as long as the question stands. */
  const quitTwice = (key: string, forMs: number) => {
    const text = `${key} once more quits; what was started on hosts goes on there`;
    const { session, now } = model();
    if (session.message?.text === text && now <= session.message.until) effects.quit();
    else say(text, 'info', forMs);
  };

  const subject = (): Ref | null => selectedRef(model(), screen, size());
  const withSubject = (act: (ref: Ref) => void) => {
    const ref = subject();
    if (ref === null) say('nothing is selected', 'warn');
    else act(ref);
  };

  const openThing = (thing: Ref) => {
    const ref = holderOf(model(), thing);
    if (refKind(ref) === 'group') {
      toView('groups', `group:"${refName(ref)}"`);
      return;
    }
    const view = viewOfRef(model().views, ref);
    if (!view) {
      say(`nothing to open for ${refPhrase(ref)}`, 'warn');
      return;
    }
    const target: Ref = view.id === 'hosts' && !OWN_PAGES.has(refKind(ref)) ? hostOf(ref) : ref;
    update((session) => go(session, { kind: 'detail', view: view.id, ref: target }));
  };
  const open = () => {
    const ref = subject();
    const { place, focus } = model().session;
    if (place.kind === 'detail' && ref === place.ref)
      say('it is open; j and k select what it leads to');
    else if (ref !== null) openThing(ref);
    else if (place.kind === 'overview') toPane(focus);
  };

  const toTab = (tab: number) =>
    update((session) => {
      const { place } = session;
      if (place.kind !== 'pane' && place.kind !== 'detail') return session;
      return { ...go(session, { ...place, tab }), back: session.back };
    });
  /** Goes round the tabs of the place; false when there are none. */
  const cycleTabs = (step: 1 | -1): boolean => {
    const now = model();
    const { place } = now.session;
    if (place.kind !== 'pane' && place.kind !== 'detail') return false;
    const tabs = place.kind === 'pane' ? now.views[place.pane].length : screen.tabs(now).length;
    if (tabs < 2) return false;
    toTab(((place.tab ?? 0) + step + tabs) % tabs);
    return true;
  };
  const cycle = (step: 1 | -1) => {
    const { session, views } = model();
    if (isPage(views, session.place) && cycleTabs(step)) return;
    cyclePanels(step);
  };
  const cyclePanels = (step: 1 | -1) => {
    const { cols, rows } = size();
    const now = model();
    const { place } = now.session;
    const isPaged = isPage(now.views, place);
    const isAlone = isPaged && screen.focus(now, cols, rows).ids.length < 2;
    const next = nextPanel(now, screen, size(), step);
    if ((place.kind === 'pane' && !isPaged) || (isAlone && next === null)) cycleTabs(step);
    else if (next) update(() => next);
  };
  const aside = (step: 1 | -1) => {
    const now = model();
    const { cols, rows } = size();
    const isMap = screen.focus(now, cols, rows).id === 'vlan-map';
    if (isMap) update((session) => ({ ...session, cursors: moveColumn(now, step).cursors }));
    else cyclePanels(step);
  };
  const zoom = () => {
    const now = model();
    const { session } = now;
    if (session.place.kind === 'overview') {
      const place: Place = { kind: 'pane', pane: session.focus, tab: 0 };
      const zoomed = isPage(now.views, place)
        ? null
        : { key: placeKey(place), panel: 'table', from: session.place };
      update((current) => ({ ...go(current, place), zoomed }));
      return;
    }
    const panel = panelToZoom(now, screen, size());
    const key = placeKey(session.place);
    update((current) => ({ ...current, zoomed: { key, panel, from: null } }));
  };
  /** Leaves the zoom; false when there is none. */
  const unzoom = (): boolean => {
    const { session } = model();
    if (zoomedPanel(session) === null) return false;
    update((current) => {
      const from = current.zoomed?.from ?? null;
      return from === null ? { ...current, zoomed: null } : go(current, from);
    });
    return true;
  };
  const changeSpan = (step: 1 | -1) =>
    update((session) => ({ ...session, span: nextSpan(spanOf(model()), step) }));

  const back = () => {
    const { session, views } = model();
    if (session.dialog) {
      if (session.dialog.kind === 'confirm') cancel(session.dialog);
      else show(null);
      return;
    }
    const key = placeKey(session.place);
    const isFiltered =
      (session.place.kind === 'pane' && session.faultsOnly) ||
      ((session.place.kind === 'pane' || isText(session.place)) &&
        (session.filters[key] ?? '') !== '');
    if (isPage(views, session.place) && unzoom()) return;
    if (session.place.kind === 'pane' && session.marks.size > 0)
      update((current) => ({ ...current, marks: noMarks, anchor: null }));
    else if (isFiltered) clearFilter();
    else if (session.place.kind === 'overview') quitTwice('q', MESSAGE_MS);
    else update(up);
  };

  const clearFilter = () =>
    update((session) => ({
      ...session,
      faultsOnly: false,
      filters: { ...session.filters, [placeKey(session.place)]: '' },
    }));

  /** The view of the table that is open, by which sorting and columns are kept. */
  const tableView = () => {
    const { session, views } = model();
    return session.place.kind === 'pane'
      ? viewOf(views, session.place.pane, session.place.tab)
      : undefined;
  };
  const changeSort = (change: (sort: SortState) => SortState) => {
    const view = tableView();
    if (!view) return;
    update((session) => ({
      ...session,
      sorts: { ...session.sorts, [view.id]: change(session.sorts[view.id] ?? defaultSort) },
    }));
  };
  /** The columns of the open table that are shown, chosen or not. */
  const shownColumns = (view: BoundView): ColumnChoice => {
    const { session, inventory } = model();
    const chosen = session.columns[view.id] ?? allColumns;
    return columnsFor(view.columns, chosen, inventory.clusters.length);
  };
  const changeColumns = (
    change: (chosen: ColumnChoice, columns: readonly BoundColumn[]) => ColumnChoice,
  ) => {
    const view = tableView();
    if (!view) return;
    update((session) => ({
      ...session,
      columns: {
        ...session.columns,
        [view.id]: change(session.columns[view.id] ?? allColumns, view.columns),
      },
    }));
  };
  const scrollBy = (step: number) => {
    const view = tableView();
    if (!view) return;
    const { offset } = scrollColumns(shownColumns(view), view.columns, size().cols - 2, step);
    changeColumns((chosen) => ({ ...chosen, offset }));
  };

  const mark = (isRange: boolean) => {
    const ref = subject();
    if (ref === null) return;
    const refs = refsOf(screen.shown(model()).rows);
    update((session) => ({
      ...session,
      marks: isRange
        ? markRange(session.marks, refs, session.anchor, ref)
        : toggleMark(session.marks, ref),
      anchor: ref,
    }));
    if (!isRange) move(1);
  };

  const lockedText = (): string | null => {
    const { lock } = model();
    if (lock.readOnly) return 'read-only: labtop was started with --read-only';
    return lock.locked ? 'locked: press L to unlock actions for ten minutes' : null;
  };

  /** The marked things of this table that an action is for; the marks of other tables are not touched from here. */
  const markedFor = (id: string): readonly Ref[] => {
    const now = model();
    if (now.session.place.kind !== 'pane') return [];
    const kinds = now.keymap.actions.find((action) => action.id === id)?.kinds ?? [];
    if (isHandOver(id)) return [];
    const { has } = screen.shown(now);
    return [...now.session.marks].filter(
      (ref) => kinds.includes(refKind(ref)) && has?.(ref) === true,
    );
  };

  /** A shell or console takes the whole terminal, so it is for one thing. */
  const startHandOver = (id: string, ref: Ref) => {
    const made = effects.plan(id, ref);
    if ('unavailable' in made) say(made.unavailable, 'warn');
    else if ('handOver' in made) effects.handOver(made.handOver);
  };

  /** Asks about an action; as a dry run, which changes nothing, also while the console is locked. */
  const startAction = (id: string, refs: readonly Ref[], isDry = false) => {
    const locked = lockedText();
    if (locked !== null && !isDry) {
      say(locked, 'warn');
      return;
    }
    const made = refs.map((each) => ({ each, plan: effects.plan(id, each) }));
    for (const { each, plan } of made)
      if ('unavailable' in plan) {
        say(refs.length > 1 ? `${refPhrase(each)}: ${plan.unavailable}` : plan.unavailable, 'warn');
        return;
      }
    const plans = made.flatMap(({ plan }) => ('plan' in plan ? [plan] : []));
    const [first, ...rest] = plans;
    if (!first) return;
    show({
      kind: 'confirm',
      plan: first.plan,
      more: rest.map(({ plan }) => plan),
      label: first.label,
      guard: guardOfAll(
        plans.map(({ guard }) => guard),
        first.label,
      ),
      isDry,
      dryRun: { state: 'asking' },
      typed: '',
      countdown: null,
      usual: rest.length === 0 ? first.usual : null,
      openedAt: model().now,
      top: 0,
      notice: null,
    });
    effects.dryRun(plans.map(({ plan }) => plan));
  };
  const DRY_TEXT = 'dry run: nothing is run';
  /** Of what is asked about nothing but the plan is left; elsewhere a menu asks which action. */
  const goDry = () => {
    const { dialog } = model().session;
    if (dialog === null) {
      withSubject((ref) => showMenu(dryRunMenu(ref, model())));
      return;
    }
    if (dialog.kind !== 'confirm' || dialog.isDry || dialog.countdown !== null) return;
    const plans = [dialog.plan, ...dialog.more];
    show({ ...dialog, isDry: true, dryRun: { state: 'asking' }, top: 0 });
    effects.cancelled(plans, 'dry run only');
    effects.dryRun(plans);
    say(DRY_TEXT);
  };

  const isHandOver = (id: string): boolean =>
    model().keymap.actions.find((action) => action.id === id)?.isHandOver === true;
  const start = (id: string, refs: readonly Ref[]) => {
    const [first] = refs;
    if (first === undefined) return;
    const wrong = wrongKind(model().keymap, id, refKind(first));
    if (wrong !== null) say(wrong, 'warn');
    else if (isHandOver(id)) startHandOver(id, first);
    else startAction(id, refs);
  };

  /** How far the open dialog scrolls; null while the screen is too small to show it. */
  const scrollLimit = (): number | null => {
    const { cols, rows } = size();
    const dialog = placedDialog(model(), cols, rows);
    return dialog && lastTop(dialog);
  };
  const scrollDialog = (step: Step) => {
    const last = scrollLimit() ?? 0;
    update((session) => {
      const { dialog } = session;
      const topFrom = (from: number): number => {
        const wanted = step === 'first' ? 0 : step === 'last' ? last : from + step;
        return Math.max(0, Math.min(last, wanted));
      };
      switch (dialog?.kind) {
        case 'question': {
          const { state } = dialog;
          return {
            ...session,
            dialog: { ...dialog, state: { ...state, top: topFrom(state.top) } },
          };
        }
        case 'help':
        case 'confirm':
        case 'blocked':
        case 'own-path':
          return { ...session, dialog: { ...dialog, top: topFrom(dialog.top) } };
        case 'menu':
        case 'palette':
        case 'unlock':
        case undefined:
          return session;
      }
    });
  };
  const copy = (text: string) =>
    say(effects.copy(text) ? `copied: ${text}` : 'too long to copy', 'info');

  /** What a host asks is answered when a person wants to, never over what they type. */
  const answer = () => {
    const { inventory, now } = model();
    const pending = pendingFor(inventory, subject());
    if (pending === null) say('no host asks anything');
    else if (pending.kind === 'blocked') show({ ...pending, top: 0 });
    else show({ kind: 'question', state: openQuestion(pending.host, pending.question, now) });
  };

  const move = (step: Step) => {
    const now = model();
    const moved = moveSelection(now, screen, size(), step);
    update((session) => ({ ...session, ...movedParts(moved) }));
  };
  const step = (amount: Step) => {
    const { dialog } = model().session;
    if (dialog?.kind === 'help' || dialog?.kind === 'blocked' || dialog?.kind === 'own-path')
      scrollDialog(amount);
    else move(amount);
  };
  const page = (): number => Math.max(1, roomOf(model(), screen, size()) - 1);
  const toPane = (pane: PaneId) => update((session) => go(session, { kind: 'pane', pane, tab: 0 }));

  /** A view by its id, whichever pane has it, with a filter. */
  const toView = (id: string, filter: string) => {
    for (const pane of PANES) {
      const tab = model().views[pane].findIndex((view) => view.id === id);
      if (tab >= 0) perform({ kind: 'go', place: { kind: 'pane', pane, tab }, filter });
    }
  };

  /** Things of the table that are marked, of some kinds, or what is selected. */
  const markedOr = (kinds: readonly RefKind[]): readonly Ref[] => {
    const now = model();
    const { has } = screen.shown(now);
    const marked =
      now.session.place.kind === 'pane'
        ? [...now.session.marks].filter(
            (ref) => kinds.includes(refKind(ref)) && has?.(ref) === true,
          )
        : [];
    const own = subject();
    return marked.length > 0 || own === null ? marked : [own];
  };
  /** Among the problems of hosts and zones the key opens what stands beneath them, as the arrow does. */
  const opensTree = (ref: Ref): boolean =>
    model().session.place.kind === 'problems' && isHostLog(ref) && refKind(ref) !== 'service';
  const openLogs = () => {
    const refs = markedOr(LOG_KINDS);
    const [first] = refs;
    // What has no logs leaves the key to whoever moves with h, j, k and l.
    if (first === undefined || !LOG_KINDS.includes(refKind(first)) || opensTree(first))
      cyclePanels(1);
    else if (refs.some((ref) => isHostLog(ref) !== isHostLog(first)))
      say('logs of hosts or of a cluster: what is marked is of both kinds', 'warn');
    else if (!isHostLog(first) && refs.some((ref) => refPath(ref)[0] !== refPath(first)[0]))
      say('logs of one cluster at a time: what is marked lies in several', 'warn');
    else update((session) => go(session, { kind: 'log', refs }));
  };
  const openDocument = (what: 'yaml' | 'describe') =>
    withSubject((ref) => {
      if (OBJECT_KINDS.includes(refKind(ref)))
        update((session) => go(session, { kind: 'document', what, ref }));
      else say(`${what} is for objects of a cluster: pods, workloads, nodes and others`, 'warn');
    });
  const changeReading = (change: (reading: Reading) => Reading) =>
    update((session) => ({ ...session, reading: change(readingOf(session)) }));
  const changeTexts = (change: Partial<Session['texts']>) =>
    update((session) => ({ ...session, texts: { ...session.texts, ...change } }));
  /** Another part of the logs is read from its end, the first lines from their beginning. */
  const readPart = (change: { readonly window?: LogWindow; readonly previous?: boolean }) =>
    update((session) => {
      const window = change.window ?? session.texts.window;
      const reading = readingOf(session);
      const previous = change.previous ?? reading.previous;
      return {
        ...session,
        texts: { ...session.texts, window },
        reading: { ...reading, previous, top: window === 'head' ? 'start' : 'end', hit: null },
      };
    });
  const jump = (step: 1 | -1) => {
    const now = model();
    const text = modelText(now);
    if (!text.isFiltered) {
      say('/ says what to look for', 'info');
      return;
    }
    const found = matchFrom(now, screen, size(), step);
    if (found === null) say('nothing matches', 'warn');
    else changeReading((reading) => ({ ...reading, hit: found.hit, top: found.top }));
  };
  const copyText = () => {
    const { cols, rows } = size();
    const now = model();
    const box = screen.layout(now, cols, rows).boxes.find(({ id }) => id === 'text');
    if (!box) return;
    const isWhole = now.session.place.kind === 'document' && effects.copy(wholeText(now));
    const text = isWhole ? wholeText(now) : visibleText(now, box.rect);
    const lines = text.split('\n').length;
    say(
      isWhole || effects.copy(text) ? `copied ${plural(lines, 'line')}` : 'too long to copy',
      'info',
    );
  };
  /** Cells that a step to the side goes. */
  const SIDE_CELLS = 20;
  const aslant = (step: 1 | -1) => {
    if (model().session.texts.wrap) say('lines are wrapped: nothing is cut off', 'info');
    else
      changeReading((reading) => ({
        ...reading,
        left: Math.max(0, reading.left + step * SIDE_CELLS),
      }));
  };

  const commands: Readonly<Record<string, () => void>> = {
    down: () => step(1),
    up: () => step(-1),
    'page-down': () => step(page()),
    'page-up': () => step(-page()),
    first: () => step('first'),
    last: () => step('last'),
    overview: () => update((session) => go(session, { kind: 'overview' })),
    'pane-hosts': () => toPane('hosts'),
    'pane-zones': () => toPane('zones'),
    'pane-vms': () => toPane('vms'),
    'pane-vlans': () => toPane('vlans'),
    'pane-cluster': () => toPane('cluster'),
    problems: () => update((session) => go(session, { kind: 'problems' })),
    map: () =>
      update((session) =>
        session.place.kind === 'vlan-map'
          ? go(session, { kind: 'pane', pane: 'vlans', tab: 0 })
          : go(session, { kind: 'vlan-map' }),
      ),
    next: () => cycle(1),
    previous: () => cycle(-1),
    right: () => aside(1),
    left: () => aside(-1),
    'tab-next': () => cyclePanels(1),
    'tab-previous': () => cyclePanels(-1),
    'panel-next': () => cyclePanels(1),
    'panel-previous': () => cyclePanels(-1),
    zoom,
    unzoom: () => {
      if (!unzoom()) update((session) => go(session, { kind: 'overview' }));
    },
    'span-longer': () => changeSpan(1),
    'span-shorter': () => changeSpan(-1),
    open,
    back,
    'history-back': () => update(goBack),
    'history-forward': () => update(goForward),
    'last-view': () => {
      const last = model().session.back.at(-1);
      if (last) update((session) => go(session, last));
    },
    filter: () => update((session) => ({ ...session, typing: true })),
    'faults-only': () => update((session) => ({ ...session, faultsOnly: !session.faultsOnly })),
    'clear-filter': clearFilter,
    palette: () =>
      show({ kind: 'palette', state: openPalette(model(), model().session.paletteHistory) }),
    sort: () => {
      const view = tableView();
      if (view) showMenu(sortMenu(view, model().session.sorts[view.id] ?? defaultSort));
    },
    wide: () => changeColumns(toggleWide),
    columns: () => {
      const view = tableView();
      if (view) showMenu(columnMenu(view, shownColumns(view)));
    },
    'columns-left': () => scrollBy(-1),
    'columns-right': () => scrollBy(1),
    mark: () => mark(false),
    'mark-range': () => mark(true),
    themes: () => showMenu(themeMenu(model())),
    feeds: () => {
      const ref = subject();
      const host = ref === null ? undefined : refHost(ref);
      toView('feeds', host === undefined ? '' : `source=${host}`);
    },
    related: () => withSubject((ref) => showMenu(relatedMenu(ref, model()))),
    actions: () => withSubject((ref) => showMenu(actionMenu(ref, model()))),
    copy: () => {
      const { dialog } = model().session;
      if (dialog?.kind === 'blocked') {
        if (dialog.error.command !== undefined) copy(dialog.error.command);
      } else if (dialog === null) withSubject((ref) => copy(ref.slice(ref.indexOf(':') + 1)));
    },
    answer,
    describe: () => openDocument('describe'),
    yaml: () => openDocument('yaml'),
    logs: openLogs,
    'managed-fields': () => changeReading((reading) => ({ ...reading, managed: !reading.managed })),
    'log-follow': () =>
      changeReading((reading) => {
        const isFollowed = reading.top === 'end';
        return { ...reading, top: isFollowed ? stillTop(model(), screen, size()) : 'end' };
      }),
    'log-previous': () => readPart({ previous: !readingOf(model().session).previous }),
    ...Object.fromEntries(
      LOG_WINDOWS.map((window) => [`log-${window}`, () => readPart({ window })]),
    ),
    'log-time': () => changeTexts({ time: !model().session.texts.time }),
    'text-wrap': () => {
      changeTexts({ wrap: !model().session.texts.wrap });
      changeReading((reading) => ({ ...reading, left: 0 }));
    },
    'log-mark': () => effects.markLog(`── ${clock(model().now)} ──`),
    'matches-only': () => changeReading((reading) => ({ ...reading, only: !reading.only })),
    'match-next': () => jump(1),
    'match-previous': () => jump(-1),
    'text-right': () => aslant(1),
    'text-left': () => aslant(-1),
    'text-refresh': () => {
      effects.reread();
      say('reading again');
    },
    'text-copy': copyText,
    'dry-run': goDry,
    unlock: () => effects.toggleLock(),
    retry: () => {
      effects.retry();
      say('trying lost connections now');
    },
    'own-path': () => show({ kind: 'own-path', top: 0 }),
    help: () => show({ kind: 'help', top: 0 }),
    repaint: () => effects.repaint(),
    suspend: () => effects.suspend(),
    quit: () => quitTwice('ctrl-c', TWICE_MS),
  };

  /** A command by its name: quitting needs no second key then, and one that means nothing here says so. */
  const runCommand = (id: string) => {
    const now = model();
    const binding = now.keymap.bindings.find((candidate) => candidate.id === id);
    const isValid =
      binding?.contexts.includes('global') === true ||
      binding?.contexts.includes(keyContext(now.session, now.views)) === true;
    if (id === 'quit') effects.quit();
    else if (isValid) commands[id]?.();
    else say(`${binding?.label ?? id}: not here; open a table first (1-5)`, 'warn');
  };

  /** Does what a menu or the palette asked for. */
  const perform = (intent: Intent, isPreview = false) => {
    switch (intent.kind) {
      case 'go': {
        const { place, filter } = intent;
        update((session) => {
          const there = go(session, place);
          return filter === undefined
            ? there
            : { ...there, filters: { ...there.filters, [placeKey(place)]: filter } };
        });
        return;
      }
      case 'open':
        openThing(intent.ref);
        return;
      case 'action':
        start(intent.id, [intent.ref]);
        return;
      case 'dry-run':
        startAction(intent.id, [intent.ref], true);
        return;
      case 'command':
        runCommand(intent.id);
        return;
      case 'theme':
        effects.theme(intent.name, !isPreview);
        return;
      case 'sort': {
        const column = tableView()?.columns.find(({ id }) => id === intent.column);
        if (column) changeSort((sort) => toggleSort(sort, column));
        return;
      }
      case 'sort-reverse':
        changeSort(reverseSort);
        return;
      case 'sort-default':
        changeSort(() => defaultSort);
        return;
      case 'column':
        changeColumns((chosen, columns) =>
          toggleColumn(chosen, columns, intent.column, model().inventory.clusters.length),
        );
    }
  };

  const onMenuResult = (result: MenuResult) => {
    if ('close' in result) {
      show(null);
      if (result.undo) perform(result.undo, true);
    } else if ('run' in result) {
      show(result.state === null ? null : { kind: 'menu', state: result.state });
      perform(result.run);
      const view = tableView();
      if (result.state?.id === 'columns' && view)
        showMenu(columnMenu(view, shownColumns(view), result.state.selected));
    } else {
      show({ kind: 'menu', state: result.state });
      if (result.preview) perform(result.preview, true);
    }
  };
  const onPaletteKey = (key: string, text: string) => {
    const now = model();
    const { dialog } = now.session;
    if (dialog?.kind !== 'palette') return;
    const entries = entriesOf(now, dialog.state, now.themes);
    const result = paletteKey(dialog.state, key, text, entries);
    if ('close' in result) show(null);
    else if ('run' in result) {
      update((session) => ({ ...session, dialog: null, paletteHistory: result.history }));
      perform(result.run.run);
    } else show({ kind: 'palette', state: result.state });
  };

  const typeFilter = (change: (text: string) => string, stay = true) =>
    update((session) => {
      const key = placeKey(session.place);
      const text = change(session.filters[key] ?? '').slice(0, TYPED_LIMIT);
      return {
        ...session,
        typing: stay,
        filters: { ...session.filters, [key]: text },
        cursors: { ...session.cursors, [key]: { ref: session.cursors[key]?.ref ?? null, top: 0 } },
      };
    });
  const onTypingKey = (key: string, text: string) => {
    if (key === 'enter' || key === 'down' || key === 'up') {
      update((session) => ({ ...session, typing: false }));
      if (key !== 'enter') step(key === 'down' ? 1 : -1);
    } else if (key === 'esc') typeFilter(() => '', false);
    else if (key === 'backspace') typeFilter(withoutLast);
    else if (key === 'ctrl-u') typeFilter(() => '');
    else if (text !== '') typeFilter((current) => current + text);
  };

  const confirm = (dialog: Extract<Dialog, { kind: 'confirm' }>) => {
    update((session) => ({ ...session, dialog: null, marks: noMarks, anchor: null }));
    effects.run([dialog.plan, ...dialog.more]);
  };
  const cancel = (dialog: Extract<Dialog, { kind: 'confirm' }>) => {
    show(null);
    if (dialog.isDry) return;
    const isCounting = dialog.countdown !== null;
    if (isCounting) say('stopped: nothing was run', 'warn');
    effects.cancelled(
      [dialog.plan, ...dialog.more],
      isCounting ? 'stopped while it counted down' : 'not confirmed',
    );
  };
  /** The last of the seconds confirms. By timers alone: a clock that is set must not make it shorter. */
  const countDown = (plan: Plan, seconds: number) => {
    update((session) =>
      session.dialog?.kind === 'confirm'
        ? { ...session, dialog: { ...session.dialog, countdown: seconds } }
        : session,
    );
    effects.after(1000, () => {
      const { dialog } = model().session;
      if (dialog?.kind !== 'confirm' || dialog.plan !== plan || dialog.countdown !== seconds)
        return;
      if (scrollLimit() === null) {
        cancel(dialog);
        say('nothing was run: the terminal is too small to show the question', 'warn');
      } else if (seconds > 1) countDown(plan, seconds - 1);
      else confirm(dialog);
    });
  };
  const onConfirmKey = (key: string, text: string) => {
    const now = model();
    const { dialog } = now.session;
    if (dialog?.kind !== 'confirm' || now.now - dialog.openedAt < CONFIRM_DEAF_MS) return;
    const scroll = SCROLL_KEYS[key];
    if (scroll !== undefined) {
      scrollDialog(scroll);
      return;
    }
    if (dialog.isDry) {
      if (key === 'n') cancel(dialog);
      return;
    }
    const limit = scrollLimit();
    if (limit === null) {
      if (key === CONFIRM_KEY || key === 'enter')
        say('nothing was run: the terminal is too small to show the question', 'warn');
      return;
    }
    const isRead = dialog.top >= limit;
    const confirms = key === (dialog.guard.phrase === null ? CONFIRM_KEY : 'enter');
    if (confirms && dialog.countdown === null && effects.sinceLag() < CONFIRM_DEAF_MS) {
      say('not taken: the terminal was late to show the question; press it again', 'warn');
      return;
    }
    const wanted = dialog.guard.phrase;
    if (wanted === null) {
      if (key === CONFIRM_KEY && isRead) confirm(dialog);
      else if (key === 'n') cancel(dialog);
      return;
    }
    if (dialog.countdown !== null) return;
    if (key === 'enter') {
      if (!isRead || dialog.typed.trim() !== wanted) return;
      if (dialog.guard.level < HIGHEST_GUARD) confirm(dialog);
      else countDown(dialog.plan, COUNTDOWN_SECONDS);
      return;
    }
    const typed =
      key === 'backspace' ? withoutLast(dialog.typed) : (dialog.typed + text).slice(0, TYPED_LIMIT);
    show({ ...dialog, typed });
  };

  const onQuestionKey = (key: string, text: string) => {
    const { now, session } = model();
    const { dialog } = session;
    if (dialog?.kind !== 'question') return;
    const result = questionKey(dialog.state, key, text, now);
    if ('close' in result) {
      show(null);
      return;
    }
    const top = Math.min(result.state.top, scrollLimit() ?? 0);
    show({ kind: 'question', state: { ...result.state, top } });
    if ('reply' in result) effects.reply(result.state.host, result.reply);
  };

  const onUnlockKey = (typed: string, key: string, text: string) => {
    const reason = typed.trim();
    if (key === 'esc') {
      show(null);
      say('still locked');
    } else if (key !== 'enter') {
      const next =
        key === 'backspace'
          ? withoutLast(typed)
          : key === 'ctrl-u'
            ? ''
            : (typed + text).slice(0, TYPED_LIMIT);
      show({ kind: 'unlock', typed: next });
    } else if (reason !== '') {
      show(null);
      effects.unlock(reason);
    }
  };

  const onKey = (key: string, text: string) => {
    const { session, keymap, views } = model();
    const context = keyContext(session, views);
    const command = keymap.resolve(context, key);
    const isControl = key.startsWith('ctrl-') && command !== undefined;
    if (!isControl && context === 'list') {
      if (session.dialog?.kind === 'menu') onMenuResult(menuKey(session.dialog.state, key));
      else onPaletteKey(key, text);
      return;
    }
    if (!isControl && session.dialog?.kind === 'question') {
      onQuestionKey(key, text);
      return;
    }
    if (!isControl && session.dialog?.kind === 'unlock') {
      onUnlockKey(session.dialog.typed, key, text);
      return;
    }
    if (!isControl && context === 'typing') {
      onTypingKey(key, text);
      return;
    }
    // A letter that is being typed is text, whatever it is bound to; esc always leaves.
    const types = context === 'confirm' && confirmTypes(session) && key !== 'esc';
    if (!isControl && context === 'confirm' && (types || command === undefined)) {
      onConfirmKey(key, text);
      return;
    }
    if (command === undefined) return;
    const known = commands[command];
    if (known) known();
    else {
      const marked = markedFor(command);
      if (marked.length > 0) start(command, marked);
      else
        withSubject((ref) => start(actionFor(keymap, command, refKind(ref))?.id ?? command, [ref]));
    }
  };

  /** Pasted text goes to a text field or nowhere. */
  const onPaste = (pasted: string) => {
    const text = pasted.replaceAll(/\s+/g, ' ').trim();
    const { dialog, typing } = model().session;
    if (dialog?.kind === 'question')
      show({ kind: 'question', state: pasteInto(dialog.state, pasted) });
    else if (dialog?.kind === 'palette')
      show({ kind: 'palette', state: typeIntoPalette(dialog.state, text) });
    else if (dialog?.kind === 'unlock')
      show({ kind: 'unlock', typed: (dialog.typed + text).slice(0, TYPED_LIMIT) });
    else if (!dialog && typing) typeFilter((current) => current + text);
  };

  const onMouse = createMouse(deps, {
    press: (key) => onKey(key, ''),
    open: openThing,
    toTab,
    sortBy: (column) => perform({ kind: 'sort', column }),
    changeSpan,
    scrollDialog,
    chooseInMenu: (result) => onMenuResult(result),
    show,
  });

  return (event) => {
    switch (event.type) {
      case 'key':
        onKey(event.key, event.text);
        return;
      case 'paste':
        onPaste(event.text);
        return;
      case 'mouse':
        onMouse(event);
        return;
      case 'focus':
      case 'reply':
    }
  };
}

/** The strictest of several guards; many things at once ask for the highest. */
function guardOfAll(guards: readonly Guard[], label: string): Guard {
  const [first] = guards;
  if (!first || guards.length === 1)
    return first ?? { level: 3, reasons: [], kept: [], phrase: label };
  const worst = guards.reduce((a, b) => (b.level > a.level ? b : a), first);
  const level = guards.length >= MANY ? 3 : Math.max(2, worst.level);
  return {
    level,
    reasons: [...new Set(guards.flatMap(({ reasons }) => reasons))],
    kept: [...new Set(guards.flatMap(({ kept }) => kept))],
    phrase: `${label.toLowerCase()} ${guards.length}`,
  };
}

/** While it counts down nothing is typed any more, and a dry run asks nothing. */
const confirmTypes = ({ dialog }: Session): boolean =>
  dialog?.kind === 'confirm' &&
  !dialog.isDry &&
  dialog.guard.phrase !== null &&
  dialog.countdown === null;

/** Kinds of things on a host that have a page of their own; others are shown on that of their host. */
const OWN_PAGES: ReadonlySet<RefKind> = new Set(['host', 'link', 'pool', 'disk', 'dataset']);

/** Where a thing without a page of its own is shown: a service with its zone or VM, or with its host. */
function holderOf({ inventory }: Model, ref: Ref): Ref {
  if (refKind(ref) !== 'service') return ref;
  const [host = '', zone = ''] = refPath(ref);
  if (zone === 'global') return hostRef(host);
  const vm = vmRef(host, zone);
  return findZone(inventory, vm) ? vm : zoneRef(host, zone);
}

const hostOf = (ref: Ref): Ref => `host:${ref.slice(ref.indexOf(':') + 1).split('/')[0] ?? ''}`;

/** The session without the marks of things that are gone, and what to tell of them; null when none is. */
export function tidyMarks(
  model: Model,
  screen: Screen,
): { readonly session: Session; readonly text: string } | null {
  const { session, phase } = model;
  if (session.marks.size === 0 || session.place.kind !== 'pane' || phase !== 'open') return null;
  const { has } = screen.shown(model);
  if (!has) return null;
  const { marks, gone } = dropGone(session.marks, has);
  return gone.length === 0 ? null : { session: { ...session, marks }, text: goneText(gone) };
}
