import type { Argv } from '../domain/command.ts';
import type { CollectError } from '../domain/feed.ts';
import { linesSince, logQuestion, timeQuestion, writtenAt } from '../domain/host-logs.ts';
import type { LogFile } from '../domain/host-logs.ts';
import { spanSeconds } from '../domain/log.ts';
import type { LogChoice, LogLine, LogSnapshot, LogStream } from '../domain/log.ts';
import { sanitize } from '../domain/text.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Answer, HostLink } from '../domain/transport.ts';
import type { Tone } from '../domain/view.ts';
import { createLogRing, LOG_LIMITS } from './log-ring.ts';
import { createPatchBatch } from './patch-batch.ts';

/** Logs of hosts and zones, read as one. */
export type HostLogReader = {
  /** Which files are read: new ones begin, those that are missing end. */
  readonly setFiles: (files: readonly LogFile[]) => void;
  readonly snapshot: () => LogSnapshot;
  /** Adds a line that separates what came before from what comes after. */
  readonly mark: (text: string) => void;
  /** While it is held, nothing is read. */
  readonly hold: (isHeld: boolean) => void;
  readonly retryNow: () => void;
  readonly close: () => void;
};

export type HostLogDeps = {
  readonly link: (host: string) => Pick<HostLink, 'ask'> | undefined;
  readonly clock: () => EpochMs;
  /** Called at most ten times a second. */
  readonly onChange: () => void;
  /** Milliseconds between two looks at a file. */
  readonly everyMs?: number;
};

/** So many lines are asked for each time; more than are written between two looks, or some are missing. */
const LINES = 500;
/** Of a span of time so many are looked through at the beginning. */
const SPAN_LINES = 20_000;
/** When their text is too long for one answer, so many times fewer. */
const FEWER = 4;
const FLUSH_MS = 100;
const EVERY_MS = 2000;
const TIMEOUT_SECONDS = 10;

type Entry = {
  readonly file: LogFile;
  state: LogStream;
  /** As they were printed last. */
  seen: readonly string[];
  /** So many are looked through for those of the span of time; null when that was done, or none is asked for. */
  spanLines: number | null;
  timer: NodeJS.Timeout | undefined;
  asking: boolean;
};

/**
 * Follows files by asking for their last lines again and again: a program that waits for lines would outlive a console
 * that was killed, and a file that logadm(8) puts aside is followed by its name. Lines have no time: what syslogd(8)
 * writes is in a zone and without a year that nobody tells.
 */
export function createHostLogReader(choice: LogChoice, deps: HostLogDeps): HostLogReader {
  const { clock } = deps;
  const span = spanSeconds(choice.window);
  const ending = new AbortController();
  const ring = createLogRing(LOG_LIMITS);
  const entries = new Map<string, Entry>();
  let snapshot: LogSnapshot | null = null;
  let nextId = 1;
  let isHeld = false;
  const batch = createPatchBatch(() => {
    snapshot = null;
    deps.onChange();
  }, FLUSH_MS);

  const add = (file: LogFile | null, texts: readonly string[]): void => {
    ring.add(
      texts.map((text): LogLine => {
        nextId += 1;
        return {
          id: nextId,
          text: sanitize(text),
          tone: file === null ? 'accent' : toneOf(text),
          at: null,
          nanos: 0,
          pod: file === null ? '' : placeOf(file),
          container: file?.name ?? '',
        };
      }),
    );
    batch.mark();
  };

  const set = (entry: Entry, state: LogStream['state'], error: CollectError | null): void => {
    if (entry.state.state === state && entry.state.error?.message === error?.message) return;
    entry.state = { ...entry.state, state, error, since: clock() };
    batch.mark();
  };

  const look = async (entry: Entry): Promise<void> => {
    if (entry.asking || ending.signal.aborted) return;
    clearTimeout(entry.timer);
    entry.asking = true;
    const { file, spanLines } = entry;
    const link = deps.link(file.host);
    const ask = (argv: Argv): Promise<Answer> =>
      link
        ? link.ask([argv], { timeoutSeconds: TIMEOUT_SECONDS, signal: ending.signal })
        : Promise.resolve({
            kind: 'lost',
            error: { code: 'no-host', message: `no host ${file.host}`, hint: '' },
          });
    const listed = spanLines === null ? null : await ask(timeQuestion(file, choice));
    const answer = await ask(logQuestion(file, choice, spanLines ?? LINES));
    entry.asking = false;
    if (ending.signal.aborted || answer.kind === 'aborted') return;
    if (spanLines === null || listed === null) take(entry, answer);
    else takeSpan(entry, answer, listed.kind === 'done' ? writtenAt(listed.stdout) : null);
    const isOver = entry.state.state === 'ended' || !entries.has(keyOf(file));
    if (!isOver) entry.timer = setTimeout(() => void turn(entry), deps.everyMs ?? EVERY_MS);
  };

  const turn = async (entry: Entry): Promise<void> => {
    if (isHeld) entry.timer = setTimeout(() => void turn(entry), deps.everyMs ?? EVERY_MS);
    else await look(entry);
  };

  /** The first answer of a span of time: its lines, or all that there are when no line tells its time. */
  const takeSpan = (entry: Entry, answer: Answer, last: EpochMs | null): void => {
    const { file } = entry;
    const asked = entry.spanLines ?? LINES;
    if (answer.kind === 'too-large' && asked > LINES) {
      entry.spanLines = Math.max(LINES, Math.floor(asked / FEWER));
      return;
    }
    if (answer.kind !== 'done' || failureOf(answer, file) !== null) {
      take(entry, answer);
      return;
    }
    const lines = linesOf(answer.stdout);
    const found = linesSince(lines, clock() - 1000 * (span ?? 0), last);
    const place = `${placeOf(file)} ${file.name}`;
    if (found === null && lines.length > 0)
      add(null, [`${place}: no line tells its time, these are the last ${LINES}`]);
    else if (found?.length === asked)
      add(null, [`${place}: more than ${asked} lines in that time, the older are not read`]);
    entry.spanLines = null;
    entry.seen = lines.slice(-LINES);
    add(file, found ?? entry.seen);
    set(entry, 'open', null);
  };

  const take = (entry: Entry, answer: Answer): void => {
    const { file, seen } = entry;
    const error = failureOf(answer, file);
    if (error !== null) {
      set(entry, 'failed', error);
      return;
    }
    const lines = answer.kind === 'done' ? linesOf(answer.stdout) : [];
    const fresh = newLines(seen, lines);
    if (fresh.length > 0) {
      if (seen.length > 0 && fresh.length === lines.length && lines.length >= LINES)
        add(null, [
          `${placeOf(file)} ${file.name}: more than ${LINES} lines came, some are missing`,
        ]);
      add(file, fresh);
    }
    entry.seen = lines;
    // Of what is over, or of the beginning, nothing new comes.
    set(entry, choice.previous || choice.window === 'head' ? 'ended' : 'open', null);
  };

  return {
    setFiles: (files) => {
      const wanted = new Set(files.map(keyOf));
      for (const [key, entry] of entries)
        if (!wanted.has(key)) {
          clearTimeout(entry.timer);
          entries.delete(key);
          batch.mark();
        }
      for (const file of files) {
        const key = keyOf(file);
        if (entries.has(key) || ending.signal.aborted) continue;
        const entry: Entry = {
          file,
          state: {
            namespace: file.host,
            name: placeOf(file),
            container: file.name,
            state: 'opening',
            error: null,
            since: clock(),
          },
          seen: [],
          spanLines: span === null || choice.previous ? null : SPAN_LINES,
          timer: undefined,
          asking: false,
        };
        entries.set(key, entry);
        batch.mark();
        void look(entry);
      }
    },
    snapshot: () =>
      (snapshot ??= {
        lines: ring.lines(),
        droppedLines: ring.droppedLines(),
        bytes: ring.bytes(),
        streams: [...entries.values()].map(({ state }) => state),
        leftOut: 0,
        isHeld,
        behindMs: null,
      }),
    mark: (text) => add(null, [text]),
    hold: (held) => {
      if (held === isHeld) return;
      isHeld = held;
      batch.mark();
    },
    retryNow: () => {
      for (const entry of entries.values()) void look(entry);
    },
    close: () => {
      ending.abort();
      batch.close();
      for (const { timer } of entries.values()) clearTimeout(timer);
    },
  };
}

const keyOf = ({ host, zone, path }: LogFile): string => `${host} ${zone ?? ''} ${path}`;
const placeOf = ({ host, zone }: LogFile): string => zone ?? host;

/** A last line without its end is still being written. */
const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);

/** The lines behind those that were seen: what was printed last begins with the end of what was printed before. */
export function newLines(seen: readonly string[], printed: readonly string[]): readonly string[] {
  for (let shared = Math.min(seen.length, printed.length); shared > 0; shared--) {
    const from = seen.length - shared;
    if (printed.slice(0, shared).every((line, index) => line === seen[from + index]))
      return printed.slice(shared);
  }
  return printed;
}

function failureOf(answer: Answer, { host, zone, path }: LogFile): CollectError | null {
  const place = zone === null ? host : `zone ${zone} on ${host}`;
  switch (answer.kind) {
    case 'done': {
      if (answer.code === 0) return null;
      const words = answer.stderr.trim().split('\n').at(-1) ?? '';
      return {
        code: 'unreadable',
        message: words === '' ? `${path} cannot be read in ${place}` : words,
        hint:
          zone === null
            ? `see ls -l ${path} on ${host}`
            : 'labtop doctor tells whether zones may be entered, and the lines that grant it',
      };
    }
    case 'timeout':
      return {
        code: 'timeout',
        message: `no answer within ${answer.afterSeconds} s`,
        hint: 'it is tried again',
      };
    case 'too-large':
      return { code: 'too-large', message: 'its lines are too long', hint: '' };
    case 'lost':
      return answer.error;
    case 'aborted':
      return null;
  }
}

/** The words of syslog.conf(5) and of svc.startd(8) that tell how bad a line is. */
const BAD =
  /\b[a-z0-9]+\.(?:emerg|alert|crit|err|error)\]|\b(?:panic|fatal|WARNING: \/pci)|transitioned to maintenance|failed with exit status|exited with status [1-9]|changing state to maintenance/;
const WARN = /\b[a-z0-9]+\.warn(?:ing)?\]|\bWARNING:|\bwarning:/;

const toneOf = (text: string): Tone =>
  BAD.test(text) ? 'bad' : WARN.test(text) ? 'warn' : 'plain';
