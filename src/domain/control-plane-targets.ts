import { bracketed, withoutPrefix } from './address.ts';
import { componentsOf } from './components.ts';
import type { Component } from './components.ts';
import type { EtcdTarget } from './control-plane.ts';
import { lastKnown } from './feed.ts';
import type { ClusterInventory, Inventory } from './inventory.ts';
import { findHost } from './joined.ts';
import type { ClusterSettings } from './settings.ts';
import type { EpochMs } from './time.ts';

/**
 * Where the members of a cluster's etcd serve their clients: as the configuration says, as the members themselves tell
 * each other, or by the address of the zone or node that one runs in.
 */
export function etcdTargets(
  inventory: Inventory,
  cluster: ClusterInventory,
  { etcd: configured }: Pick<ClusterSettings, 'etcd'>,
  now: EpochMs,
): readonly EtcdTarget[] {
  if (configured.length > 0)
    return configured.map(({ url, zone }) => ({
      member: zone?.slice(zone.indexOf('/') + 1) ?? URL.parse(url)?.hostname ?? url,
      url,
    }));
  const members = componentsOf(inventory, cluster, now).filter(({ kind }) => kind === 'etcd');
  const peers = new Map(
    members.flatMap(({ etcd }) => (etcd?.peers ?? []).map((peer) => [peer.id, peer] as const)),
  );
  return members.flatMap(({ name, etcd, zone, address }) => {
    const own = peers
      .get(etcd?.id ?? '')
      ?.clientUrls.find((url) => !/\/\/(?:127\.|localhost|0\.)/.test(url));
    const [first] = plainAddresses(zone);
    const host = address ?? first;
    const url = own ?? (host === undefined ? undefined : `https://${bracketed(host)}:2379`);
    return url === undefined ? [] : [{ member: name, url }];
  });
}

/** URLs of API servers by the addresses of zones that are there for one, for those that nothing else names. */
export function apiServerTargets(
  inventory: Inventory,
  cluster: ClusterInventory,
  now: EpochMs,
): readonly string[] {
  return componentsOf(inventory, cluster, now)
    .filter(
      ({ kind, zone, direct }) =>
        kind === 'kube-apiserver' && zone !== null && (direct === null || direct.from === 'zone'),
    )
    .flatMap(({ zone }) => {
      const host = zone && findHost(inventory, zone.host);
      const told = host && lastKnown(host.feeds.zoneCertificates);
      const args = told?.value.find((each) => each.zone === zone?.name)?.arguments;
      const port = /^[0-9]+$/.exec(args?.get('secure-port') ?? '')?.[0] ?? '6443';
      const named = args?.get('advertise-address');
      const addresses = named ? [named] : plainAddresses(zone);
      return addresses.map((address) => `https://${bracketed(address)}:${port}`);
    });
}

const plainAddresses = (zone: Component['zone']): readonly string[] =>
  (zone?.addresses ?? []).map(withoutPrefix);
