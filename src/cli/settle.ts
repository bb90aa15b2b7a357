import type { Inventory, SourceStatus } from '../domain/inventory.ts';
import type { Sources } from '../sources.ts';

/** A connection that will not give data for now: it failed at least once, or waits for a person. */
const gaveUp = ({ state, attempt, error }: SourceStatus): boolean =>
  state !== 'up' && state !== 'connecting' && (error !== null || attempt > 0);

const hostSettled = ({ source, feeds }: Inventory['hosts'][number]): boolean => {
  if (gaveUp(source)) return true;
  const { zones, zoneConfigs, kstats } = feeds;
  const isEmpty = zones.status === 'ok' && zones.value.length === 0;
  const others = Object.entries(feeds).every(
    ([name, feed]) => feed.status !== 'pending' || (name === 'zoneConfigs' && isEmpty),
  );
  // Rates need two samples.
  const rated = kstats.status !== 'ok' || kstats.value.cpuPercent !== null;
  return others && rated && (zoneConfigs.status !== 'pending' || isEmpty);
};

const clusterSettled = ({ source, feeds, version }: Inventory['clusters'][number]): boolean =>
  gaveUp(source) ||
  (version !== null && Object.values(feeds).every(({ status }) => status !== 'pending'));

/** true when every source has either answered everything once, or said why not. */
export const isSettled = ({ hosts, clusters }: Inventory): boolean =>
  hosts.every(hostSettled) && clusters.every(clusterSettled);

/** Waits until the sources are settled and judged, for at most `seconds`. */
export async function settle(sources: Sources, seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const check = () => {
    if (isSettled(sources.inventory()) && sources.judged()) resolve();
  };
  const stop = sources.onChange(check);
  const limit = setTimeout(resolve, seconds * 1000);
  check();
  await promise;
  clearTimeout(limit);
  stop();
}
