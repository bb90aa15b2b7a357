import type { Dataset } from './dataset.ts';
import { known, lastValue } from './feed.ts';
import type { HostInventory } from './inventory.ts';
import { allZonesOf } from './joined.ts';
import type { Zone } from './joined.ts';
import { whileSameOf } from './same-parts.ts';

/** The datasets of a host by what they are looked up by. */
type Index = {
  readonly byName: ReadonlyMap<string, Dataset>;
  readonly byMountpoint: ReadonlyMap<string, Dataset>;
};

const indexes = new WeakMap<readonly Dataset[], Index>();
const ownersOf = whileSameOf<ReadonlyMap<string, string>>();
const NONE: readonly Dataset[] = [];

/** Made once for each list: there may be thousands of datasets, and hundreds of zones that look for theirs. */
function indexOf(host: HostInventory): Index {
  const list = known(host.feeds.datasets, NONE);
  let index = indexes.get(list);
  if (!index) {
    index = {
      byName: new Map(list.map((dataset) => [dataset.name, dataset])),
      byMountpoint: new Map(
        list.flatMap((dataset) =>
          dataset.mountpoint === null ? [] : [[dataset.mountpoint, dataset] as const],
        ),
      ),
    };
    indexes.set(list, index);
  }
  return index;
}

/** The datasets of a host by their names; the same map while its list is the same. */
export const datasetsByName = (host: HostInventory): ReadonlyMap<string, Dataset> =>
  indexOf(host).byName;

/** The share of what it may use that a dataset uses, in percent: quotas above it and the pool count as its own. */
export const fillPercent = ({ usedBytes, availableBytes }: Dataset): number | null =>
  usedBytes === null || availableBytes === null || usedBytes + availableBytes === 0
    ? null
    : (usedBytes / (usedBytes + availableBytes)) * 100;

/** File systems of a zone: that which its path is mounted from, and those that were given to it. */
export function zoneDatasets(
  { path, datasets: delegated }: Pick<Zone, 'path' | 'datasets'>,
  host: HostInventory,
): readonly Dataset[] {
  const { byName, byMountpoint } = indexOf(host);
  const found: Dataset[] = [];
  const own = byMountpoint.get(path);
  if (own) found.push(own);
  for (const name of delegated) {
    const dataset = byName.get(name);
    if (dataset) found.push(dataset);
  }
  return found;
}

/** Names of datasets that belong to a zone or VM of a host, by their owner's name. */
export function datasetOwners(host: HostInventory): ReadonlyMap<string, string> {
  const { datasets, zones, zoneConfigs } = host.feeds;
  const parts = [zones, zoneConfigs].map(lastValue<unknown>);
  return ownersOf(known(datasets, NONE), parts, () => makeOwners(host));
}

const makeOwners = (host: HostInventory): ReadonlyMap<string, string> =>
  new Map(
    allZonesOf(host).flatMap((zone) =>
      [...zoneDatasets(zone, host).map(({ name }) => name), ...(zone.vm?.disks ?? [])].map(
        (name) => [name, zone.name] as const,
      ),
    ),
  );
