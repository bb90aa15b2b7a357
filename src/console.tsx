import { render } from 'ink';
import type { Ledger } from './act/ledger.ts';
import { initialLock, lock as close, lockReason, settleLock, unlock } from './act/lock.ts';
import type { LockState } from './act/lock.ts';
import { actorOf } from './actor.ts';
import type { LedgerRecord } from './config/ledger-file.ts';
import { DEFAULT_THEME } from './config/load-config.ts';
import type { ThemeShelf } from './config/theme-shelf.ts';
import { createHandOvers } from './console-hand-overs.ts';
import { createRuns } from './console-runs.ts';
import { createTexts } from './console-texts.ts';
import type { Plan } from './domain/action.ts';
import { emptyInventory } from './domain/empty.ts';
import type { Inventory } from './domain/inventory.ts';
import { refPhrase } from './domain/ref.ts';
import type { Ref } from './domain/ref.ts';
import type { Settings } from './domain/settings.ts';
import { actions, handOvers, paneViews } from './registry.ts';
import type { Sources } from './sources.ts';
import { createHistory } from './store/history.ts';
import { systemClock } from './term/clock.ts';
import { createTerminal } from './term/terminal.ts';
import { App } from './ui/app.tsx';
import { createChromeSource } from './ui/chrome-source.ts';
import { createController, tidyMarks } from './ui/controller.ts';
import { actionBindings, createKeymap } from './ui/keymap.ts';
import type { LockView, Model } from './ui/model.ts';
import { roots } from './ui/model.ts';
import { addMoment, momentOf } from './ui/paint/timeline.ts';
import { answerKey, askedOf, askedText, followQuestion } from './ui/questions.ts';
import { restoreSession, saveSession } from './ui/saved-session.ts';
import { createScreen } from './ui/screen.ts';
import { withDryRun } from './ui/session.ts';
import type { Session } from './ui/session.ts';
import { createTones } from './ui/tones.ts';

/** The configuration was edited while the console runs. */
export type SettingsChange =
  | { readonly kind: 'good'; readonly settings: Settings }
  | { readonly kind: 'broken'; readonly text: string };

/** What the console is opened with. */
export type ConsoleOptions = {
  readonly themes: ThemeShelf;
  readonly theme: string;
  /** Tells what the terminal can do. */
  readonly env: NodeJS.ProcessEnv;
  readonly banner: string | null;
  readonly readOnly: boolean;
  readonly noColor: boolean;
  readonly ascii: boolean;
  /** Until `open` has told others. */
  readonly settings: Settings;
  readonly ledger: Ledger;
  /** What the ledger tells of earlier actions, the oldest first. */
  readonly earlier: () => Promise<readonly LedgerRecord[]>;
  /** What the last session left; null for nothing. */
  readonly saved: string | null;
  readonly save: (session: string) => void;
  readonly saveTheme: (name: string) => void;
  /** Loads what is needed to connect; called when the first frame stands. A rejection leaves the console open. */
  readonly open: () => Promise<{
    readonly settings: Settings;
    readonly connect: (settings: Settings) => Sources;
  }>;
  /** Calls back when the configuration or a theme file was edited; returns the end of it. */
  readonly follow: (
    onSettings: (change: SettingsChange) => void,
    onThemes: () => void,
  ) => () => void;
  /** Ends what was started beside the console, at once. */
  readonly release: () => void;
  /** Where a crash is written down; returns the file. */
  readonly crashLog: (error: unknown) => string | null;
};

/** What charts show until something is connected. */
const noHistory = createHistory({ fullSeconds: 60 });
const CLOSE_LIMIT_MS = 120;
const MESSAGE_MS = 8000;
/** Whoever comes back from a shell reads what happened meanwhile first. */
const RETURN_MS = 20_000;
const SIGNALS = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

/** Runs the console until its user leaves it; resolves with the exit code. */
export async function runConsole(options: ConsoleOptions): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const terminal = createTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    env: options.env,
    ...(options.noColor ? { depth: 'none' as const } : {}),
    ...(options.ascii ? { ascii: true } : {}),
    mouse: options.settings.ui.mouse,
    onGone: () => end(SIGNALS.SIGHUP),
  });
  const keysOf = (settings: Settings) =>
    createKeymap(actionBindings(actions, handOvers), settings.ui.keys);
  const { themes } = options;
  /** The theme that is asked for; it may not be readable yet. */
  let wantedTheme = options.theme;
  const firstTheme = themes.named(wantedTheme) ?? themes.named(DEFAULT_THEME);
  if (!firstTheme) throw new Error('no theme could be read');
  let tones = createTones(terminal.styles, firstTheme);
  let { keymap, complaints } = keysOf(options.settings);
  const screen = createScreen(() => tones, {
    work: {
      later: (run) => void systemClock.after(0, run),
      clock: systemClock.now,
      onChange: () => changed(false),
    },
  });
  const chrome = createChromeSource();
  const nothing = emptyInventory(options.settings, Date.now());
  // Read through an object, because it is set from callbacks.
  const opened: { sources: Sources | null } = { sources: null };
  let session: Session = restoreSession(options.saved, paneViews);
  let lock = initialLock(options.readOnly);
  /** The configuration in force. */
  let watched = options.settings;
  let { banner } = options;
  let configTrouble: string | null = null;
  let phase: Model['phase'] = 'starting';
  let timeline: Model['timeline'] = [];

  /**
   * What the sources have told last. A key changes the session alone, so that its answer costs what it moves; what is new
   * otherwise comes with a frame of its own.
   */
  let told = toldBy(null, nothing);

  const texts = createTexts(
    () => opened.sources,
    () => changed(false),
  );
  const lockView = (now: number): LockView => {
    lock = settleLock(lock, now);
    return {
      locked: lock.kind !== 'unlocked',
      readOnly: options.readOnly,
      until: lock.kind === 'unlocked' ? lock.until : null,
    };
  };
  const makeModel = (): Model => {
    const now = Date.now();
    if (session.message !== null && now >= session.message.until)
      session = { ...session, message: null };
    session = followQuestion(session, told.inventory, now);
    return {
      ...told,
      now,
      session,
      lock: lockView(now),
      runs: runs.list(),
      timeline,
      views: paneViews,
      keymap,
      text: texts.follow(session),
      themes: themes.names(),
      theme: tones.theme.name,
      check: planOf,
      phase,
      banner,
      configTrouble,
    };
  };

  /** Shows what has changed: the chrome first, so that both parts land in one frame. */
  const changed = (urgent: boolean) => {
    model = makeModel();
    const { cols, rows } = terminal.size();
    chrome.refresh(model, screen, tones.theme, cols, rows);
    terminal.invalidate(urgent);
  };
  const update = (change: (session: Session) => Session) => {
    const next = change(session);
    if (next === session) return;
    session = next;
    changed(true);
  };
  const say = (text: string, tone: 'info' | 'warn' | 'bad', forMs = MESSAGE_MS) =>
    update((current) => ({ ...current, message: { text, tone, until: Date.now() + forMs } }));

  const runs = createRuns({
    sources: () => opened.sources,
    ledger: options.ledger,
    actor: actorOf(options.env),
    unlockedFor: () => (lock.kind === 'unlocked' ? lock.reason : null),
    lockReason: () => lockReason(lock, Date.now()),
    onChange: () => changed(false),
    say,
    askAgain: (prepared, notice) => {
      update((current) => ({
        ...current,
        dialog: {
          kind: 'confirm',
          ...prepared,
          more: [],
          isDry: false,
          dryRun: { state: 'asking' },
          typed: '',
          countdown: null,
          openedAt: Date.now(),
          top: 0,
          notice,
        },
      }));
      dryRun([prepared.plan]);
    },
  });
  const dryRun = (plans: readonly Plan[]) => {
    runs
      .dryRun(plans)
      .then((reason) => update((current) => withDryRun(current, plans[0], reason, Date.now())))
      .catch(crash);
  };
  const given = createHandOvers({
    terminal,
    sources: () => opened.sources,
    settings: () => watched,
    ledger: options.ledger,
    readOnly: options.readOnly,
    env: process.env,
    isTerminal: process.stdin.isTTY && process.stdout.isTTY,
    say: (text, tone) => say(text, tone, RETURN_MS),
  });
  const planOf = (id: string, subject: Ref) =>
    handOvers.some((handOver) => handOver.id === id)
      ? given.plan(id, subject)
      : runs.plan(id, subject);
  let model = makeModel();

  const crash = (error: unknown) => {
    given.abandon();
    terminal.leave();
    options.release();
    const file = options.crashLog(error);
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `labtop: internal error: ${text}${file === null ? '' : `; details in ${file}`}\n`,
    );
    process.exit(1);
  };
  const setTheme = (name: string) => {
    wantedTheme = name;
    const next = themes.named(name);
    if (!next) return;
    tones = createTones(terminal.styles, next);
    changed(true);
  };

  const setLock = (next: LockState) => {
    lock = next;
    const words = {
      'read-only': 'read-only: labtop was started with --read-only',
      locked: 'locked: no action can run',
      unlocked: 'unlocked for ten minutes: actions ask before they run',
    };
    say(words[lock.kind], 'info');
  };

  const controller = createController({
    model: () => {
      model = makeModel();
      return model;
    },
    update,
    screen,
    size: () => terminal.size(),
    effects: {
      toggleLock: () => {
        lock = settleLock(lock, Date.now());
        if (lock.kind === 'locked' && watched.ui.unlockReason)
          update((current) => ({ ...current, dialog: { kind: 'unlock', typed: '' } }));
        else setLock(lock.kind === 'unlocked' ? close(lock) : unlock(lock, Date.now()));
      },
      unlock: (reason) => setLock(unlock(lock, Date.now(), reason)),
      retry: () => opened.sources?.retryNow(),
      reread: texts.reread,
      markLog: texts.mark,
      quit: () => end(0),
      reply: (host, reply) => opened.sources?.link(host)?.reply(reply),
      suspend: () => terminal.stop(),
      repaint: () => terminal.repaint(),
      plan: planOf,
      handOver: (plan) => {
        given.run(plan).catch(crash);
      },
      theme: (name, keep) => {
        setTheme(name);
        if (keep) options.saveTheme(name);
      },
      copy: (text) => terminal.copy(text),
      run: (plans) => {
        runs.runAll(plans).catch(crash);
      },
      dryRun,
      cancelled: (plans, reason) => {
        runs.cancelled(plans, reason).catch(crash);
      },
      sinceLag: () => terminal.sinceLag(),
      after: (ms, run) => void systemClock.after(ms, run),
    },
  });

  for (const [signal, exitCode] of Object.entries(SIGNALS))
    process.on(signal, () => {
      // The interrupt key of whoever has the terminal reaches this process too.
      if (signal !== 'SIGINT' || !given.isOut()) end(exitCode);
    });
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  process.on('exit', () => terminal.leave());

  const firstFrame = Promise.withResolvers<void>();
  terminal.setPainter((buffer, chrome) => {
    // The chrome was made from the same model: what both parts look like is worked out once.
    screen.paint(buffer, model, chrome);
    // The frame is written when this turn of the event loop is over.
    setImmediate(firstFrame.resolve);
  });
  changed(true);
  terminal.enter();
  const ink = render(<App source={chrome} />, {
    stdout: terminal.inkStdout,
    stdin: terminal.inkStdin,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  terminal.onInput((event) => {
    if (event.type === 'focus' && event.focused) opened.sources?.wake();
    controller(event);
  });
  terminal.onResize(() => changed(true));
  let savedText = options.saved;
  const ticking = setInterval(() => {
    const tidy = tidyMarks(model, screen);
    if (tidy) {
      update(() => tidy.session);
      say(tidy.text, 'warn');
    }
    changed(false);
    terminal.setTitle(titleOf(model));
    const text = saveSession(session, paneViews);
    if (text !== savedText) options.save(text);
    savedText = text;
  }, 1000);
  if (complaints.length > 0) say(complaints.join('; '), 'warn');

  /** Watches these sources in place of those before. */
  const attach = (sources: Sources) => {
    const before = opened.sources;
    opened.sources = sources;
    phase = 'open';
    void before?.close();
    let known = new Set<string>();
    let heard = new Set<string>();
    sources.onChange(() => {
      told = toldBy(sources, nothing);
      const asked = askedOf(sources.inventory());
      const fresh = asked.find(({ question }) => !heard.has(question.id));
      heard = new Set(asked.map(({ question }) => question.id));
      // Told, never opened by itself: a dialog would take what is being typed for something else.
      if (fresh && session.dialog?.kind !== 'question')
        say(`${askedText(fresh)} · ${answerKey(keymap)} answers`, 'warn');
      const critical = roots(sources.problems()).filter(({ severity }) => severity === 'critical');
      if (critical.some(({ id }) => !known.has(id))) terminal.bell();
      known = new Set(critical.map(({ id }) => id));
      timeline = addMoment(timeline, momentOf(sources.problems(), sources.inventory(), Date.now()));
      changed(false);
    });
    told = toldBy(sources, nothing);
    changed(false);
  };
  let unfollow = (): void => {};
  const connect = async (): Promise<void> => {
    const { settings, connect: connectTo } = await options.open();
    watched = settings;
    attach(connectTo(settings));
    unfollow = options.follow(
      (change) => {
        if (change.kind === 'broken') {
          configTrouble = change.text;
          say(`the last good configuration stays: ${change.text}`, 'bad');
          return;
        }
        configTrouble = null;
        if (watchedPart(change.settings) !== watchedPart(watched))
          attach(connectTo(change.settings));
        ({ keymap, complaints } = keysOf(change.settings));
        if (change.settings.ui.theme !== watched.ui.theme) setTheme(change.settings.ui.theme);
        watched = change.settings;
        say(complaints.length > 0 ? complaints.join('; ') : 'configuration read again', 'info');
      },
      () => {
        themes.read();
        setTheme(wantedTheme);
        say(themes.trouble() ?? 'themes read again', themes.trouble() === null ? 'info' : 'bad');
      },
    );
  };
  // What is needed to connect is loaded only when the first frame stands.
  firstFrame.promise.then(themes.trouble).then(
    (trouble) => trouble !== null && say(trouble, 'bad'),
    () => undefined,
  );
  firstFrame.promise.then(options.earlier).then(runs.remember, () => undefined);
  firstFrame.promise.then(connect).catch((error: unknown) => {
    banner = error instanceof Error ? error.message : String(error);
    phase = 'failed';
    changed(false);
  });

  const code = await ended;
  clearInterval(ticking);
  await Promise.race([given.close(), patience()]);
  given.abandon();
  terminal.leave();
  unfollow();
  options.release();
  texts.close();
  const text = saveSession(session, paneViews);
  if (text !== savedText) options.save(text);
  ink.unmount();
  await Promise.race([opened.sources?.close() ?? Promise.resolve(), patience()]);
  return code;
}

/** What a frame is drawn from of what is known. */
function toldBy(
  sources: Sources | null,
  nothing: Inventory,
): Pick<Model, 'inventory' | 'problems' | 'past' | 'since' | 'tick' | 'samples'> {
  const history = sources?.history ?? noHistory;
  return {
    inventory: sources?.inventory() ?? nothing,
    problems: sources?.problems() ?? [],
    past: history.past,
    since: history.since(),
    tick: history.tick,
    samples: history.revision(),
  };
}

/** So long is waited for what ends by itself. */
const patience = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, CLOSE_LIMIT_MS).unref();
  });

/** What has to be connected anew when it changes. */
const watchedPart = ({ ui: _ui, ...rest }: Settings): string =>
  JSON.stringify({ ...rest, vlanNames: [...rest.vlanNames] });

/** The terminal's title: the worst there is. */
function titleOf({ problems }: Model): string {
  const [worst] = roots(problems);
  if (!worst) return 'labtop: ok';
  const critical = roots(problems).filter(({ severity }) => severity === 'critical').length;
  return `labtop: ${critical > 0 ? `${critical} crit` : worst.severity} ${refPhrase(worst.subject)}`;
}
