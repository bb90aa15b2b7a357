import { missingProgram } from '../domain/command.ts';
import type { Argv, HostCommand } from '../domain/command.ts';
import { lastKnown } from '../domain/feed.ts';
import type { CollectError, Feed } from '../domain/feed.ts';
import type {
  ClusterFeedName,
  ClusterFeeds,
  ClusterInventory,
  FeedName,
  Feeds,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../domain/inventory.ts';
import { placeOfHost } from '../domain/joined.ts';
import type { HostObserver } from '../domain/observer.ts';
import { complaint } from '../domain/parsed.ts';
import type { Complaint } from '../domain/parsed.ts';
import { sanitize } from '../domain/text.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Answer } from '../domain/transport.ts';
import { ownParts } from './own-parts.ts';
import { safeStrings } from './safe-strings.ts';

export type AnswerContext = {
  readonly now: EpochMs;
  /** How often the command is asked, in seconds; three of them make an answer stale. */
  readonly intervalSeconds: number;
  /** The answer is the one that the host's feed was made of, once more. */
  readonly isRepeat?: boolean;
};

/** What a watch or a heart-beat tells of a cluster; what is left out stays. */
export type ClusterPatch = Partial<
  Pick<ClusterInventory, 'source' | 'version' | 'latencyMs' | 'clockSkewMs'>
> & {
  readonly feeds?: { readonly [K in ClusterFeedName]?: Feed<ClusterFeeds[K]> };
};

const GRACE_MS = 2000;
const STDERR_LIMIT = 200;

/** What zoneadm(8), the file system and privileged programs of illumos say when a right is missing. */
const DENIED =
  /not authorized|permission denied|only a privileged user|insufficient privileges|requires additional privilege|must be root|can't get execution attributes|lack sufficient privilege/i;

/**
 * The inventory with the answer of one host to one command in it. Other hosts' objects stay the same;
 * nothing changes for a host that is not in the inventory, or for an aborted question.
 */
export function applyAnswer<K extends FeedName>(
  inventory: Inventory,
  hostName: string,
  command: HostCommand<K>,
  answer: Answer,
  context: AnswerContext,
): Inventory {
  if (answer.kind === 'aborted') return inventory;
  return changeHost(inventory, hostName, (host) => {
    const previous: Feed<Feeds[K]> = host.feeds[command.feed];
    const next = nextFeed(previous, command, programOf(command, host), answer, context);
    return { ...host, feeds: { ...host.feeds, [command.feed]: next } };
  });
}

/** The inventory with it in it that there is nothing to ask a host at present. */
export const applyUnasked = (
  inventory: Inventory,
  hostName: string,
  command: Pick<HostCommand, 'feed' | 'unasked'>,
  now: EpochMs,
): Inventory =>
  changeHost(inventory, hostName, (host) => {
    const before: Feed<unknown> = host.feeds[command.feed];
    if (before.status === 'absent' && before.unasked) return host;
    const { unasked = 'nothing to ask' } = command;
    const feed = { status: 'absent', reason: unasked, at: now, unasked: true } as const;
    return { ...host, feeds: { ...host.feeds, [command.feed]: feed } };
  });

/** The inventory with the state of one host's connection in it. */
export const applySource = (
  inventory: Inventory,
  hostName: string,
  status: SourceStatus,
): Inventory =>
  changeHost(inventory, hostName, (host) => {
    const source = nextSource(host.source, status);
    return source === host.source ? host : { ...host, source };
  });

/** The inventory with it in it until when a zone of a host is away because labtop restarts it; null: no longer. */
export const applyAway = (
  inventory: Inventory,
  hostName: string,
  zone: string,
  until: EpochMs | null,
): Inventory =>
  changeHost(inventory, hostName, (host) => {
    const away = new Map(host.away);
    if (until === null) away.delete(zone);
    else away.set(zone, until);
    return { ...host, away };
  });

/** The inventory with what watching one host costs in it. */
export const applyObserver = (
  inventory: Inventory,
  hostName: string,
  observer: HostObserver | undefined,
): Inventory =>
  observer === undefined
    ? inventory
    : changeHost(inventory, hostName, (host) => ({ ...host, observer }));

/**
 * The inventory with what is new of one cluster in it. Objects of a watch are taken as they are: a table is
 * changed in place by its watch, which makes their strings safe when it reads them.
 */
export function applyCluster(inventory: Inventory, name: string, patch: ClusterPatch): Inventory {
  const index = inventory.clusters.findIndex((cluster) => cluster.name === name);
  const cluster = inventory.clusters[index];
  if (!cluster) return inventory;
  const next: ClusterInventory = {
    ...cluster,
    ...patch,
    source: patch.source ? nextSource(cluster.source, patch.source) : cluster.source,
    version:
      patch.version === undefined ? cluster.version : patch.version && sanitize(patch.version),
    feeds: { ...cluster.feeds, ...patch.feeds },
  };
  const names = Object.keys(patch.feeds ?? {}) as readonly ClusterFeedName[];
  const unchanged =
    next.source === cluster.source &&
    next.version === cluster.version &&
    next.latencyMs === cluster.latencyMs &&
    next.clockSkewMs === cluster.clockSkewMs &&
    names.every((feed) => next.feeds[feed] === cluster.feeds[feed]);
  return unchanged ? inventory : { ...inventory, clusters: inventory.clusters.with(index, next) };
}

function changeHost(
  inventory: Inventory,
  name: string,
  change: (host: HostInventory) => HostInventory,
): Inventory {
  const index = placeOfHost(inventory.hosts, name);
  const host = inventory.hosts[index];
  if (!host) return inventory;
  const next = change(host);
  return next === host ? inventory : { ...inventory, hosts: inventory.hosts.with(index, next) };
}

function nextSource(previous: SourceStatus, next: SourceStatus): SourceStatus {
  const error = safeStrings(next.error);
  const same =
    previous.state === next.state &&
    previous.since === next.since &&
    previous.lastDataAt === next.lastDataAt &&
    previous.attempt === next.attempt &&
    previous.phase === next.phase &&
    previous.nextAttemptAt === next.nextAttemptAt &&
    previous.error?.code === error?.code &&
    previous.error?.message === error?.message &&
    previous.error?.hint === error?.hint &&
    previous.question?.id === next.question?.id &&
    previous.hops === next.hops;
  return same ? previous : { ...next, error, question: safeStrings(next.question) };
}

function nextFeed<K extends FeedName>(
  previous: Feed<Feeds[K]>,
  command: HostCommand<K>,
  program: string,
  answer: Exclude<Answer, { kind: 'aborted' }>,
  { now, intervalSeconds, isRepeat = false }: AnswerContext,
): Feed<Feeds[K]> {
  const last = lastKnown(previous);
  const failed = (error: CollectError): Feed<Feeds[K]> => ({
    status: 'failed',
    error: safeStrings(error),
    at: now,
    ...(last ? { last } : {}),
  });
  switch (answer.kind) {
    case 'timeout':
      return failed({
        code: 'timeout',
        message: `${command.id}: no answer in ${answer.afterSeconds} s`,
        hint: `see whether ${program} hangs on the host`,
      });
    case 'too-large':
      return failed({
        code: 'too-large',
        message: `${command.id}: the answer was cut at ${answer.bytes} bytes`,
        hint: `see what ${program} prints on the host`,
      });
    case 'lost':
      return failed(answer.error);
    case 'done':
      break;
  }
  const { code, stdout, stderr, durationMs } = answer;
  const at = answer.beganAt ?? now;
  const freshUntil = at + 3 * intervalSeconds * 1000 + GRACE_MS;
  // Parsers are pure: the same text gives the same value, unless it is folded with the one before.
  if (isRepeat && previous.status === 'ok') {
    const { value, at: before } = previous;
    if (command.fold === undefined) return { ...previous, at, freshUntil, durationMs };
    if (command.foldsItself === true) {
      const again = command.fold(value, value, { previous: before, next: at });
      return { ...previous, value: again, at, freshUntil, durationMs };
    }
  }
  const refusal = command.denied?.(stdout, stderr) ?? null;
  const isDenied = refusal !== null || (code !== 0 && DENIED.test(stderr));
  const isGood =
    refusal === null &&
    (code === 0 || (command.goodExitCodes?.includes(code) && !(isDenied && stdout === '')));
  if (isGood) {
    try {
      const parsed = command.parse(stdout);
      // What is asked every few seconds is replaced as soon, and the frames of counters are the longest walk of all.
      const read = command.pace === 'fast' ? parsed.value : ownParts(parsed.value);
      const value =
        last && command.fold
          ? command.fold(last.value, read, { previous: last.at, next: at })
          : read;
      const gap = command.gap?.(value) ?? null;
      return {
        ...(gap === null ? {} : { gap: safeStrings(gap) }),
        status: 'ok',
        value: safeStrings(value),
        at,
        freshUntil,
        complaints: safeStrings([
          ...ownParts(parsed.complaints),
          ...(command.warns ? warningsOf(stderr) : []),
        ]),
        durationMs,
      };
    } catch (cause) {
      // A parser must not throw; if one does, that costs its feed and not the console.
      const reason = cause instanceof Error ? cause.message : String(cause);
      return failed({
        code: 'parser',
        message: `${command.id}: the answer cannot be read: ${reason}`,
        hint: 'report it with the output of the command',
      });
    }
  }
  const lacking = missingProgram(answer);
  if (lacking !== null) {
    const missing = sanitize(lacking === '' ? program : lacking);
    return {
      status: 'absent',
      reason: `command not found: ${missing}`,
      at: now,
      program: missing,
      hides: command.hides,
    };
  }
  const wanted = command.tooOld?.(stdout) ?? null;
  if (wanted !== null)
    return {
      status: 'absent',
      reason: `too old for what is asked: ${program}; it takes ${wanted}`,
      at: now,
      program: wanted,
      hides: command.hides,
    };
  if (command.absence?.test(stderr))
    return { status: 'absent', reason: firstLine(stderr), at: now };
  if (isDenied) {
    const line = refusal ?? stderr.split('\n').find((text) => DENIED.test(text)) ?? stderr;
    return {
      status: 'denied',
      reason: cut(sanitize(line).trim()),
      at: now,
      hides: command.hides,
      ...(command.grant === undefined ? {} : { grant: command.grant }),
    };
  }
  const line = firstLine(stderr);
  return failed({
    code: 'section',
    message: `${command.id}: exit code ${code}${line === '' ? '' : `: ${line}`}`,
    hint: `run ${program} on the host to see why`,
  });
}

const MOST_WARNINGS = 20;

const warningsOf = (stderr: string): readonly Complaint[] =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, MOST_WARNINGS)
    .map((line) => complaint(0, line.trim(), 'a warning: something may be left out'));

/** The last program that the command asks, without the wrapper that gives it its rights. */
function programOf(command: Pick<HostCommand, 'id' | 'question'>, host: HostInventory): string {
  const argv: Argv | undefined = command.question(host)?.at(-1);
  const words = argv?.filter((word) => word !== 'pfexec') ?? [];
  return words[0] ?? command.id;
}

const firstLine = (text: string): string =>
  cut(
    sanitize(text)
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '') ?? '',
  );

const cut = (text: string): string =>
  text.length > STDERR_LIMIT ? `${text.slice(0, STDERR_LIMIT)}…` : text;
