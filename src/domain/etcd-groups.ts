import { hostOfUrl, isLoopback } from './address.ts';
import { lastValue } from './feed.ts';
import type { HostInventory, Inventory } from './inventory.ts';
import { zonesByAddress } from './joined.ts';
import type { Candidate } from './membership.ts';
import type { InstanceSettings } from './settings.ts';
import type { ZoneCertificates } from './zone-certificates.ts';
import type { ZoneComponent } from './zone-component.ts';

/** The zones with members of one etcd cluster, as far as anything joins them. */
export type EtcdGroup = {
  readonly zones: readonly Candidate[];
  /** The id of the cluster, or the first zone while that is not known. */
  readonly key: string;
};

/** What a host tells of who is a member of the same etcd cluster, as one text to compare. */
export const etcdText = (host: HostInventory): string => {
  const told = lastValue(host.feeds.zoneComponents);
  if (told === undefined) return '';
  const before = texts.get(told);
  if (before !== undefined) return before;
  const text = JSON.stringify(
    told
      .filter(({ kind }) => kind === 'etcd')
      .map((each) => [each.zone, clusterIn(each), each.etcd?.id, each.etcd?.peers]),
  );
  texts.set(told, text);
  return text;
};
const texts = new WeakMap<readonly ZoneComponent[], string>();

/** Of URLs as etcd and the API server take them, parted by commas or semicolons. */
const hostsIn = (text: string): readonly string[] =>
  text.split(/[,;]/).flatMap((url) => hostOfUrl(url) ?? []);

type FindZone = (host: string) => Candidate | undefined;

/** The zone of etcd at that address, or of that name, with a domain behind it or not. */
function zoneFinder(inventory: Inventory, candidates: readonly Candidate[]): FindZone {
  const members = candidates.filter(({ kind }) => kind === 'etcd');
  const byRef = new Map(members.map((each) => [each.ref, each]));
  const byName = new Map<string, Candidate | null>();
  for (const each of members) byName.set(each.name, byName.has(each.name) ? null : each);
  const addresses = zonesByAddress(inventory);
  return (host) => {
    const ref = addresses.get(host);
    if (ref !== undefined) return byRef.get(ref);
    return byName.get(host) ?? byName.get(host.split('.')[0] ?? '') ?? undefined;
  };
}

/**
 * The etcd clusters on all hosts: by the ids that their members tell, or told while they ran, by the members that these
 * list, and by the argument `initial-cluster` of their processes.
 */
export function etcdGroups(
  inventory: Inventory,
  candidates: readonly Candidate[],
): readonly EtcdGroup[] {
  const members = candidates.filter(({ kind }) => kind === 'etcd');
  const find = zoneFinder(inventory, candidates);
  const clusters = new Map<Candidate, string>();
  const links: (readonly [Candidate, Candidate])[] = [];
  const byMemberId = new Map<string, Candidate>();
  const told = new Map<string, ZoneComponent>();
  const files = new Map<string, ZoneCertificates>();
  for (const { name, feeds } of inventory.hosts) {
    for (const each of lastValue(feeds.zoneComponents) ?? [])
      if (each.kind === 'etcd') told.set(`${name}/${each.zone}`, each);
    for (const each of lastValue(feeds.zoneCertificates) ?? [])
      if (each.kind === 'etcd') files.set(`${name}/${each.zone}`, each);
  }
  for (const member of members) {
    const own = told.get(`${member.host}/${member.name}`);
    const cluster = clusterIn(own);
    if (cluster !== null) clusters.set(member, cluster);
    if (own?.etcd?.id) byMemberId.set(`${cluster} ${own.etcd.id}`, member);
  }
  for (const member of members) {
    const place = `${member.host}/${member.name}`;
    const peers = told.get(place)?.etcd?.peers ?? [];
    const others = peers.flatMap(({ id, clientUrls, peerUrls }) => [
      byMemberId.get(`${clusters.get(member) ?? null} ${id}`),
      ...[...clientUrls, ...peerUrls].flatMap(hostsIn).map(find),
    ]);
    const initial = (files.get(place)?.arguments.get('initial-cluster') ?? '')
      .split(',')
      .flatMap((each) => hostsIn(each.slice(each.indexOf('=') + 1)))
      .map(find);
    for (const other of [...others, ...initial]) if (other) links.push([member, other]);
  }
  return joined(members, clusters, links);
}

const clusterIn = (told: ZoneComponent | undefined): string | null =>
  told?.etcd?.clusterId ?? told?.etcdCluster ?? null;

/** Those of one id are one; a link joins what has no other id. */
function joined(
  members: readonly Candidate[],
  clusters: ReadonlyMap<Candidate, string>,
  links: readonly (readonly [Candidate, Candidate])[],
): readonly EtcdGroup[] {
  const keys = new Map<Candidate, string>(
    members.map((each) => [each, clusters.get(each) ?? each.ref]),
  );
  const ids = new Set(clusters.values());
  for (const [one, other] of links) {
    const [a, b] = [keys.get(one), keys.get(other)];
    if (a === undefined || b === undefined || a === b || (ids.has(a) && ids.has(b))) continue;
    const [from, to] = ids.has(a) ? [b, a] : [a, b];
    for (const [member, key] of keys) if (key === from) keys.set(member, to);
  }
  return [...Map.groupBy(members, (each) => keys.get(each) ?? each.ref)].map(([key, zones]) => ({
    key,
    zones,
  }));
}

/** That the API servers of a cluster keep their objects in an etcd cluster. */
export type EtcdClaim = {
  readonly by: string;
  /** null: the main one; else the first resource that is kept apart in it. */
  readonly group: string | null;
  readonly isConfigured: boolean;
};

/**
 * The etcd clusters that the API servers of a cluster use, as the configuration names them, and as the arguments of their
 * processes do: `--etcd-servers=URL,URL` and `--etcd-servers-overrides=/events#URL;URL,group/resource#URL`.
 * @param servers candidates of the cluster, API servers among them
 * @param files the files and arguments of a candidate
 */
export function flagsOf(
  configured: readonly InstanceSettings[],
  servers: readonly Candidate[],
  files: (candidate: Candidate) => ZoneCertificates | undefined,
  groups: readonly EtcdGroup[],
  candidates: readonly Candidate[],
  inventory: Inventory,
): ReadonlyMap<EtcdGroup, EtcdClaim> {
  const claims = new Map<EtcdGroup, EtcdClaim>();
  const find = zoneFinder(inventory, candidates);
  const claim = (zone: Candidate | undefined, told: EtcdClaim): void => {
    const group = zone && groups.find(({ zones }) => zones.includes(zone));
    const before = group && claims.get(group);
    // The main one is told first of all that it is.
    if (group && (before === undefined || (told.group === null && before.group !== null)))
      claims.set(group, told);
  };
  for (const server of servers) {
    const told = files(server);
    if (told?.kind !== 'kube-apiserver') continue;
    const findFrom = (host: string): Candidate | undefined =>
      isLoopback(host)
        ? candidates.find(({ ref, kind }) => kind === 'etcd' && ref === server.ref)
        : find(host);
    for (const host of hostsIn(told.arguments.get('etcd-servers') ?? ''))
      claim(findFrom(host), {
        by: `--etcd-servers of the API server in ${told.zone}`,
        group: null,
        isConfigured: false,
      });
    for (const override of (told.arguments.get('etcd-servers-overrides') ?? '').split(',')) {
      const [resource = '', urls = ''] = override.split('#');
      for (const host of hostsIn(urls))
        claim(findFrom(host), {
          by: `--etcd-servers-overrides of the API server in ${told.zone}`,
          group: resource.split('/').at(-1) || resource,
          isConfigured: false,
        });
    }
  }
  for (const { url, zone } of configured) {
    const placed = candidates.find(
      ({ host, name, kind }) => kind === 'etcd' && `${host}/${name}` === zone,
    );
    const found = placed ?? (zone === null ? hostsIn(url).map(find)[0] : undefined);
    const group = found && groups.find(({ zones }) => zones.includes(found));
    // Which part of the objects it holds the arguments tell.
    if (group)
      claims.set(group, {
        by: 'configured',
        group: claims.get(group)?.group ?? null,
        isConfigured: true,
      });
  }
  return claims;
}
