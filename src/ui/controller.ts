import type { Plan } from '../domain/action.ts';
import { refKind } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { InputEvent } from '../term/input.ts';
import { CONFIRM_DEAF_MS, dialogContent, dialogRect } from './dialogs/dialog-shape.ts';
import type { KeyContext } from './keymap.ts';
import { inside } from './layout.ts';
import type { Layout } from './layout.ts';
import { viewById, viewOfRef } from './model.ts';
import type { Model } from './model.ts';
import { flowBlocks } from './paint/detail.ts';
import { problemTree } from './paint/problems.ts';
import { selectedProblem } from './screen.ts';
import type { Screen } from './screen.ts';
import { go, goBack, goForward, moveCursor, PANES, placeKey, up } from './session.ts';
import type { Guard, PaneId, Session } from './session.ts';

/** What the interface can cause outside itself. */
export type Effects = {
  readonly toggleLock: () => void;
  readonly retry: () => void;
  readonly quit: () => void;
  readonly suspend: () => void;
  readonly repaint: () => void;
  /** Makes the plan of an action, or says why it cannot be done. */
  readonly plan: (
    action: string,
    subject: Ref,
  ) =>
    | { readonly plan: Plan; readonly label: string; readonly guard: Guard }
    | { readonly unavailable: string };
  readonly run: (plan: Plan) => void;
};

export type ControllerDeps = {
  readonly model: () => Model;
  readonly update: (change: (session: Session) => Session) => void;
  readonly screen: Screen;
  readonly size: () => { readonly cols: number; readonly rows: number };
  readonly effects: Effects;
};

const TWICE_MS = 2000;
const MESSAGE_MS = 6000;
const TYPED_LIMIT = 120;

/** Turns input into changes of the session and into effects. */
export function createController({
  model,
  update,
  screen,
  size,
  effects,
}: ControllerDeps): (event: InputEvent) => void {
  let lastQuit = { key: '', at: Number.NEGATIVE_INFINITY };

  const say = (text: string, tone: 'info' | 'warn' | 'bad' = 'info') => {
    const until = model().now + MESSAGE_MS;
    update((session) => ({ ...session, message: { text, tone, until } }));
  };

  const quitTwice = (key: string) => {
    const { now } = model();
    if (lastQuit.key === key && now - lastQuit.at <= TWICE_MS) effects.quit();
    else {
      lastQuit = { key, at: now };
      say(`${key} once more quits; what was started on hosts goes on there`);
    }
  };

  const layoutNow = (): Layout => {
    const { cols, rows } = size();
    return screen.layout(model(), cols, rows);
  };
  const boxHeight = (id: string): number => {
    const box = layoutNow().boxes.find((candidate) => candidate.id === id);
    return box ? inside(box.rect).height : 1;
  };

  /** The thing that keys act on. */
  const subject = (): Ref | null => selectedRef(model(), screen);

  const move = (step: number | 'first' | 'last') => {
    const now = model();
    const { place } = now.session;
    switch (place.kind) {
      case 'overview':
      case 'pane': {
        const key = place.kind === 'overview' ? `${now.session.focus}.0` : placeKey(place);
        const refs = screen.shown(now).rows.map(({ ref }) => ref);
        const height =
          place.kind === 'overview' ? boxHeight(now.session.focus) : boxHeight('table') - 1;
        moveIn(key, refs, height, step);
        return;
      }
      case 'problems': {
        const refs = problemTree(now.problems).map(({ problem }) => problem.subject);
        const current = selectedProblem(now);
        const cursor = {
          ref: refs[current] ?? null,
          top: now.session.cursors['problems']?.top ?? 0,
        };
        const next = moveCursor(cursor, refs, boxHeight('problem-list') - 1, step);
        update((session) => ({ ...session, cursors: { ...session.cursors, problems: next } }));
        return;
      }
      case 'detail':
        moveInDetail(now, placeKey(place), boxHeight('detail'), step);
    }
  };

  const moveIn = (
    key: string,
    refs: readonly Ref[],
    height: number,
    step: number | 'first' | 'last',
  ) => {
    update((session) => {
      const cursor = session.cursors[key] ?? { ref: refs[0] ?? null, top: 0 };
      return {
        ...session,
        cursors: { ...session.cursors, [key]: moveCursor(cursor, refs, height, step) },
      };
    });
  };

  /** A detail view scrolls; lines that lead somewhere are selected on the way. */
  const moveInDetail = (
    now: Model,
    key: string,
    height: number,
    step: number | 'first' | 'last',
  ) => {
    if (now.session.place.kind !== 'detail') return;
    const view = viewById(now.views, now.session.place.view);
    const blocks = view?.detail(now.session.place.ref, now.inventory, now.now) ?? [];
    const placed = flowBlocks(blocks);
    const last = Math.max(0, placed.length - height);
    update((session) => {
      const cursor = session.cursors[key] ?? { ref: null, top: 0 };
      const refs = placed.flatMap((entry, line) =>
        entry.kind === 'line' && entry.line.ref !== undefined
          ? [{ ref: entry.line.ref, line }]
          : [],
      );
      const at = refs.findIndex(({ ref }) => ref === cursor.ref);
      const wanted =
        step === 'first'
          ? 0
          : step === 'last'
            ? refs.length - 1
            : at < 0
              ? step > 0
                ? 0
                : -1
              : at + step;
      const target = refs[Math.max(-1, Math.min(refs.length - 1, wanted))];
      const top =
        step === 'first'
          ? 0
          : step === 'last'
            ? last
            : target === undefined || target.ref === cursor.ref
              ? cursor.top + step
              : target.line < cursor.top
                ? target.line
                : target.line >= cursor.top + height
                  ? target.line - height + 1
                  : cursor.top;
      const next = { ref: target?.ref ?? null, top: Math.max(0, Math.min(last, top)) };
      return { ...session, cursors: { ...session.cursors, [key]: next } };
    });
  };

  const openDetail = (ref: Ref) => {
    const view = viewOfRef(model().views, ref);
    if (!view) {
      say(`nothing to open for ${ref}`, 'warn');
      return;
    }
    const target: Ref = view.id === 'hosts' && refKind(ref) !== 'host' ? hostOf(ref) : ref;
    update((session) => go(session, { kind: 'detail', view: view.id, ref: target }));
  };

  const open = () => {
    const now = model();
    const ref = subject();
    if (ref !== null) openDetail(ref);
    else if (now.session.place.kind === 'overview')
      update((session) => go(session, { kind: 'pane', pane: session.focus, tab: 0 }));
  };

  const cycle = (step: 1 | -1) => {
    const now = model();
    const { place } = now.session;
    if (place.kind === 'overview') {
      const next = PANES[(PANES.indexOf(now.session.focus) + step + PANES.length) % PANES.length];
      update((session) => ({ ...session, focus: next ?? 'hosts' }));
    } else if (place.kind === 'pane') {
      const tabs = now.views[place.pane].length;
      if (tabs > 1)
        update((session) => go(session, { ...place, tab: (place.tab + step + tabs) % tabs }));
    }
  };

  const back = () => {
    const now = model();
    const { session } = now;
    if (session.dialog) {
      update((current) => ({ ...current, dialog: null }));
      return;
    }
    const key = placeKey(session.place);
    if (
      session.place.kind === 'pane' &&
      ((session.filters[key] ?? '') !== '' || session.faultsOnly)
    ) {
      clearFilter();
      return;
    }
    if (session.place.kind === 'overview') quitTwice('q');
    else update(up);
  };

  const clearFilter = () =>
    update((session) => ({
      ...session,
      faultsOnly: false,
      filters: { ...session.filters, [placeKey(session.place)]: '' },
    }));

  const startAction = (id: string) => {
    const now = model();
    const ref = subject();
    if (ref === null) {
      say('nothing is selected', 'warn');
      return;
    }
    if (now.lock.readOnly) {
      say('read-only: labtop was started with --read-only', 'warn');
      return;
    }
    if (now.lock.locked) {
      say('locked: press L to unlock actions for ten minutes', 'warn');
      return;
    }
    const made = effects.plan(id, ref);
    if ('unavailable' in made) {
      say(made.unavailable, 'warn');
      return;
    }
    update((session) => ({
      ...session,
      dialog: { kind: 'confirm', ...made, typed: '', openedAt: model().now, notice: null },
    }));
  };

  const scrollHelp = (step: number | 'first' | 'last') => {
    const now = model();
    const { cols, rows } = size();
    const content = dialogContent(now, cols);
    const rect = dialogRect(now, cols, rows);
    const last = Math.max(0, (content?.lines.length ?? 0) - (rect ? rect.height - 2 : 0));
    update((session) => {
      if (session.dialog?.kind !== 'help') return session;
      const top = step === 'first' ? 0 : step === 'last' ? last : session.dialog.top + step;
      return { ...session, dialog: { kind: 'help', top: Math.max(0, Math.min(last, top)) } };
    });
  };

  const step = (amount: number | 'first' | 'last') =>
    model().session.dialog?.kind === 'help' ? scrollHelp(amount) : move(amount);

  const toPane = (pane: PaneId) => update((session) => go(session, { kind: 'pane', pane, tab: 0 }));
  const page = (): number => Math.max(1, pageHeight(model(), boxHeight) - 1);

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
    next: () => cycle(1),
    previous: () => cycle(-1),
    open,
    back,
    'history-back': () => update(goBack),
    'history-forward': () => update(goForward),
    filter: () => update((session) => ({ ...session, typing: true })),
    'faults-only': () => update((session) => ({ ...session, faultsOnly: !session.faultsOnly })),
    'clear-filter': clearFilter,
    unlock: () => effects.toggleLock(),
    retry: () => {
      effects.retry();
      say('trying lost connections now');
    },
    help: () => update((session) => ({ ...session, dialog: { kind: 'help', top: 0 } })),
    repaint: () => effects.repaint(),
    suspend: () => effects.suspend(),
    quit: () => quitTwice('ctrl-c'),
  };

  const typeFilter = (change: (text: string) => string, stay = true) =>
    update((session) => {
      const key = placeKey(session.place);
      return {
        ...session,
        typing: stay,
        filters: {
          ...session.filters,
          [key]: change(session.filters[key] ?? '').slice(0, TYPED_LIMIT),
        },
        cursors: { ...session.cursors, [key]: { ref: session.cursors[key]?.ref ?? null, top: 0 } },
      };
    });

  const onTypingKey = (key: string, text: string) => {
    if (key === 'enter' || key === 'down' || key === 'up') {
      update((session) => ({ ...session, typing: false }));
      if (key !== 'enter') step(key === 'down' ? 1 : -1);
    } else if (key === 'esc') typeFilter(() => '', false);
    else if (key === 'backspace')
      typeFilter((current) => Array.from(current).slice(0, -1).join(''));
    else if (key === 'ctrl-u') typeFilter(() => '');
    else if (text !== '') typeFilter((current) => current + text);
  };

  const onConfirmKey = (key: string, text: string) => {
    const now = model();
    const { dialog } = now.session;
    if (dialog?.kind !== 'confirm') return;
    if (now.now - dialog.openedAt < CONFIRM_DEAF_MS) return;
    const wanted = dialog.guard.phrase;
    if (wanted === null) {
      if (key === 'y') confirm(dialog.plan);
      else if (key === 'n') update((session) => ({ ...session, dialog: null }));
      return;
    }
    if (key === 'enter') {
      if (dialog.typed.trim() === wanted) confirm(dialog.plan);
      return;
    }
    const typed =
      key === 'backspace'
        ? Array.from(dialog.typed).slice(0, -1).join('')
        : (dialog.typed + text).slice(0, TYPED_LIMIT);
    update((session) => ({ ...session, dialog: { ...dialog, typed } }));
  };

  const confirm = (plan: Plan) => {
    update((session) => ({ ...session, dialog: null }));
    effects.run(plan);
  };

  const onKey = (key: string, text: string) => {
    const now = model();
    const context = keyContext(now.session);
    const typesText = context === 'typing' || (context === 'confirm' && confirmTypes(now.session));
    const command = now.keymap.resolve(context, key);
    // A letter that is being typed is text, whatever it is bound to; esc always leaves.
    if (typesText && key !== 'esc' && !key.startsWith('ctrl-')) {
      if (context === 'typing') onTypingKey(key, text);
      else onConfirmKey(key, text);
      return;
    }
    if (context === 'typing' && (key === 'esc' || key === 'ctrl-u')) {
      onTypingKey(key, text);
      return;
    }
    if (context === 'confirm' && command === undefined) {
      onConfirmKey(key, text);
      return;
    }
    if (command === undefined) return;
    const known = commands[command];
    if (known) known();
    else startAction(command);
  };

  return (event) => {
    switch (event.type) {
      case 'key':
        onKey(event.key, event.text);
        return;
      case 'paste': {
        // Pasted text goes to a text field or nowhere.
        const text = event.text.replaceAll(/\s+/g, ' ').trim();
        if (model().session.typing) typeFilter((current) => current + text);
        return;
      }
      case 'mouse':
        onMouse(event, { model, update, screen, layoutNow, step, open });
        return;
      case 'focus':
      case 'reply':
    }
  };
}

const confirmTypes = (session: Session): boolean =>
  session.dialog?.kind === 'confirm' && session.dialog.guard.phrase !== null;

const pageHeight = ({ session }: Model, boxHeight: (id: string) => number): number => {
  if (session.dialog?.kind === 'help') return 10;
  switch (session.place.kind) {
    case 'overview':
      return boxHeight(session.focus);
    case 'pane':
      return boxHeight('table') - 1;
    case 'problems':
      return boxHeight('problem-list') - 1;
    case 'detail':
      return boxHeight('detail');
  }
};

/** Where keys go. */
export function keyContext({ dialog, typing, place }: Session): KeyContext {
  if (dialog) return dialog.kind === 'help' ? 'help' : 'confirm';
  if (typing) return 'typing';
  switch (place.kind) {
    case 'overview':
      return 'overview';
    case 'pane':
      return 'table';
    case 'problems':
      return 'problems';
    case 'detail':
      return 'detail';
  }
}

const hostOf = (ref: Ref): Ref => `host:${ref.slice(ref.indexOf(':') + 1).split('/')[0] ?? ''}`;

/** The thing that the selection stands on. */
export function selectedRef(model: Model, screen: Screen): Ref | null {
  const { place, cursors, focus } = model.session;
  switch (place.kind) {
    case 'overview':
      return cursors[`${focus}.0`]?.ref ?? null;
    case 'pane':
      return cursors[placeKey(place)]?.ref ?? screen.shown(model).rows[0]?.ref ?? null;
    case 'problems':
      return problemTree(model.problems)[selectedProblem(model)]?.problem.subject ?? null;
    case 'detail':
      return cursors[placeKey(place)]?.ref ?? place.ref;
  }
}

type MouseDeps = Pick<ControllerDeps, 'model' | 'update' | 'screen'> & {
  readonly layoutNow: () => Layout;
  readonly step: (amount: number) => void;
  readonly open: () => void;
};

/** A click focuses a pane or selects a row, on the selected row it opens; the wheel moves the selection. */
function onMouse(event: Extract<InputEvent, { type: 'mouse' }>, deps: MouseDeps): void {
  if (deps.model().session.dialog) return;
  if (event.kind === 'wheel-down') deps.step(3);
  else if (event.kind === 'wheel-up') deps.step(-3);
  if (event.kind !== 'press') return;
  const box = deps
    .layoutNow()
    .boxes.find(
      ({ rect }) =>
        event.x >= rect.x &&
        event.x < rect.x + rect.width &&
        event.y >= rect.y &&
        event.y < rect.y + rect.height,
    );
  if (!box) return;
  const pane = PANES.find((id) => id === box.id);
  if (pane) deps.update((session) => ({ ...session, focus: pane }));
  if (box.id !== 'table') return;
  const model = deps.model();
  const key = placeKey(model.session.place);
  const cursor = model.session.cursors[key] ?? { ref: null, top: 0 };
  const row = deps.screen.shown(model).rows[cursor.top + event.y - box.rect.y - 2];
  if (!row) return;
  if (row.ref === cursor.ref) deps.open();
  else
    deps.update((session) => ({
      ...session,
      cursors: { ...session.cursors, [key]: { ...cursor, ref: row.ref } },
    }));
}
