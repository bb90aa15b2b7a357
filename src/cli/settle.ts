import type { HostCommand } from '../domain/command.ts';
import { known } from '../domain/feed.ts';
import type { Feed } from '../domain/feed.ts';
import type { Inventory, SourceStatus } from '../domain/inventory.ts';
import { MANY_OBJECTS } from '../domain/objects.ts';
import type { ObjectCount } from '../domain/objects.ts';
import { hostCommands } from '../registry.ts';
import type { Sources } from '../sources.ts';

/** A connection that will not give data for now: it failed at least once, or waits for a person. */
const gaveUp = ({ state, attempt, error }: SourceStatus): boolean =>
  state !== 'up' && state !== 'connecting' && (error !== null || attempt > 0);

const hostSettled = (host: Inventory['hosts'][number]): boolean => {
  if (gaveUp(host.source)) return true;
  const { kstats } = host.feeds;
  // Rates need two samples.
  const rated = kstats.status !== 'ok' || kstats.value.cpuPercent !== null;
  return rated && hostCommands.every((command) => isAnswered(host, command));
};

/** What had nothing to ask may have something by now: then its answer is still to come. */
function isAnswered(host: Inventory['hosts'][number], { feed, question }: HostCommand): boolean {
  const answer: Feed<unknown> = host.feeds[feed];
  if (answer.status === 'absent' && answer.unasked) return !question(host)?.length;
  return answer.status !== 'pending';
}

/**
 * One request that was not answered in time may have met a pause: what the server is up to only the next one tells. An
 * attempt that is under way has not failed yet.
 */
const mayBePause = ({ attempt, nextAttemptAt, error }: SourceStatus): boolean =>
  error !== null && PAUSES.has(error.code) && attempt - (nextAttemptAt === null ? 1 : 0) === 1;
const PAUSES: ReadonlySet<string> = new Set(['timeout', 'reset']);

const clusterSettled = ({ source, feeds, version }: Inventory['clusters'][number]): boolean =>
  // Its parts are asked past the connection, and tell why there is none.
  (gaveUp(source) && !mayBePause(source) && feeds.controlPlane.status !== 'pending') ||
  (version !== null &&
    Object.values(feeds).every(({ status }) => status !== 'pending') &&
    [...known(feeds.objects, NO_OBJECTS).byKey.values()].every(isCounted));

/** Whether what is large grows takes two counts. */
const isCounted = ({ count, perMinute, countedAt, trouble }: ObjectCount): boolean =>
  trouble !== null || (countedAt !== null && ((count ?? 0) < MANY_OBJECTS || perMinute !== null));

const NO_OBJECTS = { revision: 0, byKey: new Map<string, ObjectCount>() };

/** So long what was found is waited for when all have answered. */
const SHORT_HOLD_MS = 5000;

/** true when every source has either answered everything once, or said why not. */
export const isSettled = ({ hosts, clusters }: Inventory): boolean =>
  hosts.every(hostSettled) && clusters.every(clusterSettled);

/**
 * Waits until the sources are settled and judged, for at most `seconds`; also for what was found and is held for a
 * moment only, such as a zone that is down and does not just restart.
 */
export async function settle(sources: Sources, seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let settledAt: number | undefined;
  const check = () => {
    if (!isSettled(sources.inventory()) || !sources.judged()) return;
    settledAt ??= Date.now();
    if (!sources.raisesBy(settledAt + SHORT_HOLD_MS)) resolve();
  };
  const stop = sources.onChange(check);
  const limit = setTimeout(resolve, seconds * 1000);
  check();
  await promise;
  clearTimeout(limit);
  stop();
}
