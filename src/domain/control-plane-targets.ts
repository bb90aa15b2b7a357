import { bracketed, plainAddresses } from './address.ts';
import { componentsOf } from './components.ts';
import type { Component } from './components.ts';
import { controlPlaneOf } from './control-plane.ts';
import type { EtcdTarget, ServerTarget } from './control-plane.ts';
import { lastKnown } from './feed.ts';
import type { ClusterInventory, Inventory } from './inventory.ts';
import { findHost, findZone } from './joined.ts';
import { membershipOf, placeIn } from './membership.ts';
import { isMicrok8s } from './role.ts';
import type { ClusterSettings } from './settings.ts';
import type { EpochMs } from './time.ts';
import { apiServerPort, toldOf } from './zone-component.ts';

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
  const members = componentsOf(inventory, cluster, now).filter(({ kind }) => kind === 'etcd');
  const told = new Map(members.map((each) => [each.name, toldOfMember(each)]));
  if (configured.length > 0)
    return configured.map(({ url, zone }) => {
      const member = zone?.slice(zone.indexOf('/') + 1) ?? URL.parse(url)?.hostname ?? url;
      return { member, url, told: told.get(member) ?? '' };
    });
  const peers = new Map(
    members.flatMap(({ etcd }) => (etcd?.peers ?? []).map((peer) => [peer.id, peer] as const)),
  );
  return members.flatMap(({ name, etcd, zone, address }) => {
    const own = peers
      .get(etcd?.id ?? '')
      ?.clientUrls.find((url) => !/\/\/(?:127\.|localhost|0\.)/.test(url));
    const [first] = zone === null ? [] : plainAddresses(zone);
    const host = address ?? first;
    const url = own ?? (host === undefined ? undefined : `https://${bracketed(host)}:2379`);
    return url === undefined ? [] : [{ member: name, url, told: told.get(name) ?? '' }];
  });
}

/** Whether it is there and well, by its zone and by what it says within: what its port tells may be another thing now. */
const toldOfMember = ({ gone, inside, zone }: Component): string =>
  [gone ?? '', zone?.bootedAt ?? '', inside?.fresh === true ? inside.state : ''].join(' ');

/**
 * API servers by the addresses of zones that are there for one, for those that nothing else names: with those of zones
 * that are not of the cluster, which may become so.
 */
export function apiServerTargets(
  inventory: Inventory,
  cluster: ClusterInventory,
): readonly ServerTarget[] {
  const { candidates, zones } = membershipOf(inventory);
  const named = new Set(
    (controlPlaneOf(cluster)?.value.apiServers ?? []).flatMap((server) =>
      server.from === 'zone' ? [] : (placeIn(inventory, cluster, server)?.ref ?? []),
    ),
  );
  return candidates.flatMap((candidate) => {
    const { ref, kind, host, name } = candidate;
    const belonging = zones.get(ref);
    if (kind !== 'kube-apiserver' || !belonging || named.has(ref)) return [];
    if (belonging.cluster !== null && belonging.cluster !== cluster.name) return [];
    const owner = findHost(inventory, host);
    const told = owner && lastKnown(owner.feeds.zoneCertificates);
    const args = toldOf(told?.value, name, kind)?.arguments;
    const isMicro = isMicrok8s(findZone(inventory, ref)?.role ?? null);
    const port = /^[0-9]+$/.exec(args?.get('secure-port') ?? '')?.[0] ?? apiServerPort(isMicro);
    const advertised = args?.get('advertise-address');
    return (advertised ? [advertised] : plainAddresses(candidate)).map((address) => ({
      url: `https://${bracketed(address)}:${port}`,
      belongs: belonging.is,
    }));
  });
}
