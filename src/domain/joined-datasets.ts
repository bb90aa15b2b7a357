import type { Dataset } from './dataset.ts';
import { known } from './feed.ts';
import type { HostInventory } from './inventory.ts';
import { allZonesOf } from './joined.ts';
import type { Zone } from './joined.ts';

const byNameCache = new WeakMap<readonly Dataset[], ReadonlyMap<string, Dataset>>();
const NONE: readonly Dataset[] = [];

/** The datasets of a host by their names; the same map while its list is the same. */
export function datasetsByName(host: HostInventory): ReadonlyMap<string, Dataset> {
  const list = known(host.feeds.datasets, NONE);
  let byName = byNameCache.get(list);
  if (!byName)
    byNameCache.set(list, (byName = new Map(list.map((dataset) => [dataset.name, dataset]))));
  return byName;
}

/** The share of what it may use that a dataset uses, in percent: quotas above it and the pool count as its own. */
export const fillPercent = ({ usedBytes, availableBytes }: Dataset): number | null =>
  usedBytes === null || availableBytes === null || usedBytes + availableBytes === 0
    ? null
    : (usedBytes / (usedBytes + availableBytes)) * 100;

/** File systems of a zone: that which its path is mounted from, and those that were given to it. */
export function zoneDatasets(
  { path, datasets: delegated }: Pick<Zone, 'path' | 'datasets'>,
  datasets: ReadonlyMap<string, Dataset>,
): readonly Dataset[] {
  const own = [...datasets.values()].find(({ mountpoint }) => mountpoint === path);
  return [own, ...delegated.map((name) => datasets.get(name))].filter(
    (dataset) => dataset !== undefined,
  );
}

/** Names of datasets that belong to a zone or VM of a host, by their owner's name. */
export function datasetOwners(host: HostInventory): ReadonlyMap<string, string> {
  const datasets = datasetsByName(host);
  return new Map(
    allZonesOf(host).flatMap((zone) =>
      [...zoneDatasets(zone, datasets).map(({ name }) => name), ...(zone.vm?.disks ?? [])].map(
        (name) => [name, zone.name] as const,
      ),
    ),
  );
}
