import { userInfo } from 'node:os';
import { render } from 'ink';
import { systemClock } from './act/clock.ts';
import { guardOf } from './act/guard.ts';
import type { Ledger } from './act/ledger.ts';
import { initialLock, lock as close, lockReason, settleLock, unlock } from './act/lock.ts';
import { runPlan } from './act/run-plan.ts';
import type { Outcome, RunStep } from './act/run-plan.ts';
import type { Plan } from './domain/action.ts';
import { emptyInventory } from './domain/empty.ts';
import { duration } from './domain/format.ts';
import type { Ref } from './domain/ref.ts';
import type { Settings } from './domain/settings.ts';
import type { Theme } from './domain/theme.ts';
import { actions, paneViews } from './registry.ts';
import type { Sources } from './sources.ts';
import { createTerminal } from './term/terminal.ts';
import { App } from './ui/app.tsx';
import { createChromeSource } from './ui/chrome-source.ts';
import { createController } from './ui/controller.ts';
import { createKeymap } from './ui/keymap.ts';
import type { LockView, Model, RunView } from './ui/model.ts';
import { roots } from './ui/model.ts';
import { createScreen } from './ui/screen.ts';
import { initialSession } from './ui/session.ts';
import type { Session } from './ui/session.ts';
import { createTones } from './ui/tones.ts';

/** What the console is opened with. */
export type ConsoleOptions = {
  readonly theme: Theme;
  readonly banner: string | null;
  readonly readOnly: boolean;
  readonly noColor: boolean;
  readonly ascii: boolean;
  readonly mouse: boolean;
  readonly keys: Settings['ui']['keys'];
  readonly ledger: Ledger;
  /** Connects; called when the first frame stands. A rejection is shown and leaves the console open. */
  readonly open: () => Promise<Sources>;
  /** Ends what was started beside the console, at once. */
  readonly release: () => void;
  /** Where a crash is written down; returns the file. */
  readonly crashLog: (error: unknown) => string | null;
};

const RUNS_KEPT = 20;
const CLOSE_LIMIT_MS = 120;
const MESSAGE_MS = 8000;

const EMPTY: Settings = {
  hosts: [],
  clusters: [],
  vlanNames: new Map(),
  groups: [],
  intervals: { fast: 5, slow: 60, inventory: 300 },
  thresholds: {},
  ui: { theme: '', start: 'overview', mouse: false, keys: {} },
};

/** Runs the console until its user leaves it; resolves with the exit code. */
export async function runConsole(options: ConsoleOptions): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const terminal = createTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    ...(options.noColor ? { depth: 'none' as const } : {}),
    ...(options.ascii ? { ascii: true } : {}),
    mouse: options.mouse,
    onGone: () => end(129),
  });
  const { keymap, complaints } = createKeymap(
    actions.map(({ id, key, verb, label, kinds }) => ({ id, key, verb, label, kinds })),
    options.keys,
  );
  const tones = createTones(terminal.styles, options.theme);
  const screen = createScreen(() => tones);
  const chrome = createChromeSource();
  const nothing = emptyInventory(EMPTY, Date.now());
  // Read through a function, because it is set from callbacks.
  const opened: { sources: Sources | null } = { sources: null };
  let session: Session = initialSession;
  let lock = initialLock(options.readOnly);
  let runs: readonly RunView[] = [];
  let { banner } = options;
  let phase: Model['phase'] = 'starting';

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
    return {
      now,
      inventory: opened.sources?.inventory() ?? nothing,
      problems: opened.sources?.problems() ?? [],
      series: (ref, name, points) => opened.sources?.history.series(ref, name, points) ?? [],
      session,
      lock: lockView(now),
      runs,
      views: paneViews,
      keymap,
      phase,
      banner,
    };
  };
  let model = makeModel();

  /** Shows what has changed: the chrome first, so that both parts land in one frame. */
  const changed = (urgent: boolean) => {
    model = makeModel();
    const { cols, rows } = terminal.size();
    chrome.refresh(model, screen, options.theme, cols, rows);
    terminal.invalidate(urgent);
  };
  const update = (change: (session: Session) => Session) => {
    const next = change(session);
    if (next === session) return;
    session = next;
    changed(true);
  };
  const say = (text: string, tone: 'info' | 'warn' | 'bad') =>
    update((current) => ({ ...current, message: { text, tone, until: Date.now() + MESSAGE_MS } }));

  const plan = (id: string, subject: Ref) => {
    const action = actions.find((candidate) => candidate.id === id);
    if (!action || !opened.sources) return { unavailable: 'not connected yet' };
    const inventory = opened.sources.inventory();
    if (!action.kinds.some((kind) => subject.startsWith(`${kind}:`)))
      return {
        unavailable: `${action.label.toLowerCase()} is for ${action.kinds.join(' and ')} rows`,
      };
    const busy = runs.find((run) => run.subject === subject && run.endedAt === null);
    if (busy)
      return { unavailable: `${busy.label.toLowerCase()} is still running on it: ${busy.step}` };
    const reason = action.unavailable(subject, inventory);
    if (reason !== undefined) return { unavailable: reason };
    return {
      plan: action.plan(subject, inventory),
      label: action.label,
      guard: guardOf(action, subject, inventory, opened.sources.problems()),
    };
  };

  const run = async (wanted: Plan): Promise<void> => {
    const action = actions.find(({ id }) => id === wanted.action);
    const from = opened.sources;
    if (!action || !from) return;
    const id = (runs.at(-1)?.id ?? 0) + 1;
    const patch = (change: Partial<RunView>) => {
      runs = runs.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
      changed(false);
    };
    runs = [
      ...runs.slice(-RUNS_KEPT),
      {
        id,
        subject: wanted.subject,
        label: `${action.label} ${wanted.subject.replace(':', ' ')}`,
        startedAt: Date.now(),
        endedAt: null,
        step: 'asking the host for its state',
        result: 'running',
      },
    ];
    changed(false);
    const outcome = await runPlan(action, wanted, {
      link: from.link,
      inventory: from.inventory,
      refresh: from.refresh,
      ledger: options.ledger,
      clock: systemClock,
      user: userInfo().username,
      lockReason: () => lockReason(lock, Date.now()),
      onProgress: (step) => {
        const text = stepText(step);
        if (text !== null) patch({ step: text });
      },
    });
    if (outcome.kind === 'changed') {
      patch({ endedAt: Date.now(), step: 'changed meanwhile', result: 'refused' });
      const again = plan(wanted.action, wanted.subject);
      if ('unavailable' in again)
        say(`${wanted.subject} changed meanwhile: ${again.unavailable}`, 'warn');
      else
        update((current) => ({
          ...current,
          dialog: {
            kind: 'confirm',
            ...again,
            typed: '',
            openedAt: Date.now(),
            notice: outcome.reason,
          },
        }));
      return;
    }
    const text = outcomeText(outcome);
    patch({ endedAt: Date.now(), step: text, result: outcome.kind });
    say(
      `${action.label} ${wanted.subject.replace(':', ' ')}: ${text}`,
      outcome.kind === 'verified' ? 'info' : 'bad',
    );
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
        lock = lock.kind === 'unlocked' ? close(lock) : unlock(lock, Date.now());
        const words = {
          'read-only': 'read-only: labtop was started with --read-only',
          locked: 'locked: no action can run',
          unlocked: 'unlocked for ten minutes: actions ask before they run',
        };
        say(words[lock.kind], 'info');
      },
      retry: () => opened.sources?.retryNow(),
      quit: () => end(0),
      suspend: () => terminal.stop(),
      repaint: () => terminal.repaint(),
      plan,
      run: (wanted) => {
        run(wanted).catch((error: unknown) => crash(error));
      },
    },
  });

  const crash = (error: unknown) => {
    terminal.leave();
    options.release();
    const file = options.crashLog(error);
    process.stderr.write(
      `labtop: internal error: ${error instanceof Error ? error.message : String(error)}${file === null ? '' : `; details in ${file}`}\n`,
    );
    process.exit(1);
  };
  const signals = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;
  for (const [signal, exitCode] of Object.entries(signals)) process.on(signal, () => end(exitCode));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  process.on('exit', () => terminal.leave());

  terminal.setPainter((buffer) => {
    model = makeModel();
    screen.paint(buffer, model);
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
  const ticking = setInterval(() => {
    changed(false);
    terminal.setTitle(titleOf(model));
  }, 1000);
  if (complaints.length > 0) say(complaints.join('; '), 'warn');

  // After the first frame: what is needed to connect is loaded only now.
  setImmediate(() => {
    options.open().then(
      (sources) => {
        opened.sources = sources;
        phase = 'open';
        let known = new Set<string>();
        sources.onChange(() => {
          const critical = roots(sources.problems()).filter(
            ({ severity }) => severity === 'critical',
          );
          if (critical.some(({ id }) => !known.has(id))) terminal.bell();
          known = new Set(critical.map(({ id }) => id));
          changed(false);
        });
        changed(false);
      },
      (error: unknown) => {
        banner = error instanceof Error ? error.message : String(error);
        phase = 'failed';
        changed(false);
      },
    );
  });

  const code = await ended;
  clearInterval(ticking);
  terminal.leave();
  options.release();
  ink.unmount();
  await Promise.race([
    opened.sources?.close() ?? Promise.resolve(),
    new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref()),
  ]);
  return code;
}

/** The terminal's title: the worst there is. */
function titleOf({ problems }: Model): string {
  const [worst] = roots(problems);
  if (!worst) return 'labtop: ok';
  const critical = roots(problems).filter(({ severity }) => severity === 'critical').length;
  return `labtop: ${critical > 0 ? `${critical} crit` : worst.severity} ${worst.subject}`;
}

/** What is said of a run while it goes on; null for what is not shown. */
function stepText(step: RunStep): string | null {
  switch (step.phase) {
    case 'checking':
      return 'asking the host for its state';
    case 'running':
    case 'observing':
      return `${step.step} ${duration(step.elapsedMs)}`;
    case 'output':
      return null;
  }
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'refused':
    case 'changed':
      return `nothing was run: ${outcome.reason}`;
    case 'verified':
      return `done after ${duration(outcome.durationMs)}: ${outcome.reason}${ledgerNote(outcome.ledgerError)}`;
    case 'failed':
      return `failed: ${outcome.reason}${ledgerNote(outcome.ledgerError)}`;
    case 'unverified':
    case 'unknown':
      return `${outcome.reason}; look at the zone${ledgerNote(outcome.ledgerError)}`;
  }
}

const ledgerNote = (error: string | null): string =>
  error === null ? '' : `; the ledger could not be completed: ${error}`;
