import { hostOfUrl, isLoopback, plainAddresses, plainHost } from './address.ts';
import { caOf } from './authorities.ts';
import { controlPlaneOf } from './control-plane.ts';
import type { ApiServer, ControlPlane, LeaderLease, ServerLook } from './control-plane.ts';
import { etcdGroups, etcdText, flagsOf } from './etcd-groups.ts';
import { lastKnown, lastValue } from './feed.ts';
import type { ClusterInventory, HostInventory, Inventory } from './inventory.ts';
import { allZonesOf, findHost, zonesByAddress } from './joined.ts';
import type { Zone } from './joined.ts';
import { distanceTo } from './nearness.ts';
import { componentsIn, isWorkerAlone, mayBeWorkerAlone } from './role.ts';
import { whileSame, whileSameOf } from './same-parts.ts';
import type { ZoneCertificates } from './zone-certificates.ts';
import type { ComponentKind } from './zone-component.ts';

/** A component that a zone is there for, of whatever cluster. */
export type Candidate = {
  readonly ref: Zone['ref'];
  readonly host: string;
  readonly name: string;
  readonly kind: ComponentKind;
  /** With the lengths of their prefixes where these are known. */
  readonly addresses: readonly string[];
  readonly vlans: readonly number[];
  /** The cluster that the configuration names; null when it names none. */
  readonly configured: string | null;
};

/**
 * Which cluster a zone of a control plane is of, and what tells it.
 * - `member`: of that watched one
 * - `candidate`: nothing tells yet
 * - `other`: of none that is watched
 */
export type Belonging = {
  readonly is: 'member' | 'candidate' | 'other';
  /** null unless it is a member. */
  readonly cluster: string | null;
  readonly by: string;
  /** Of etcd: which etcd of its cluster it is a member of, `events`; null is the main one, and for other components. */
  readonly group: string | null;
  /** Of etcd: a text that the members of one etcd cluster have in common; null for other components. */
  readonly etcd: string | null;
  /** Of etcd: the clusters that keep their objects in it together, the one that it is told of first; absent: one alone. */
  readonly sharedBy?: readonly Share[];
};

/** How an etcd that several clusters use is of one of them. */
export type Share = Pick<Belonging, 'by' | 'group'> & { readonly cluster: string };

export type Membership = {
  /** Each component of a zone is one. */
  readonly candidates: readonly Candidate[];
  /** All that is in one zone is of one cluster. */
  readonly zones: ReadonlyMap<Zone['ref'], Belonging>;
};

/** What one cluster's evidence says of one zone. */
type Verdict =
  /** The higher the surer. */
  | {
      readonly is: 'yes';
      readonly strength: number;
      readonly by: string;
      readonly group?: string | null;
    }
  /** On a network with what is of the cluster: that decides when nothing else does. */
  | { readonly is: 'near' }
  | { readonly is: 'open' }
  | { readonly is: 'no'; readonly by: string };

const SURE = {
  configured: 6,
  address: 5,
  named: 4,
  signed: 3,
  certificate: 2,
  ambiguous: 1,
} as const;
const OPEN: Verdict = { is: 'open' };
const NEAR: Verdict = { is: 'near' };
const yes = (strength: number, by: string, group: string | null = null): Verdict => ({
  is: 'yes',
  strength,
  by,
  group,
});
const no = (by: string): Verdict => ({ is: 'no', by });

const ofHost = whileSameOf<readonly Candidate[]>();
const stableCandidates = whileSameOf<readonly Candidate[]>();

/** The components that zones of a host are there for. The same array while nothing in it is other than before. */
export const candidatesOn = (host: HostInventory): readonly Candidate[] =>
  ofHost(host, [], () => findCandidates(host));

function findCandidates(host: HostInventory): readonly Candidate[] {
  const list = lastKnown(host.feeds.zones);
  if (!list) return [];
  const asked = Map.groupBy(lastValue(host.feeds.zoneComponents) ?? [], ({ zone }) => zone);
  const files = host.feeds.zoneCertificates;
  const workers = new Set(
    (lastValue(files) ?? []).flatMap((each) => (isWorkerAlone(each.arguments) ? [each.zone] : [])),
  );
  const found = allZonesOf(host).flatMap(({ ref, name, addresses, vlans, role }) =>
    // What may be a worker alone is told by its arguments.
    (workers.has(name) || (files.status === 'pending' && mayBeWorkerAlone(role))
      ? []
      : componentsIn(role, asked.get(name))
    ).map((kind): Candidate => ({
      ref,
      host: host.name,
      name,
      kind,
      addresses,
      vlans,
      configured: role?.cluster ?? null,
    })),
  );
  const parts = found.flatMap(({ ref, kind, addresses, vlans, configured }) => [
    ref,
    kind,
    addresses.join(' '),
    vlans.join(' '),
    configured,
  ]);
  return stableCandidates(host.configuredRoles, parts, () => found);
}

const membershipCache = new WeakMap<Inventory, Membership>();
const stableMembership = whileSame<Membership>();
const planeTexts = new WeakMap<ControlPlane, string>();

/**
 * Which cluster each zone of a control plane is of. Hosts may carry several clusters of which some are not watched, so
 * that a zone belongs to one by evidence only; ARCHITECTURE.md lists it.
 */
export function membershipOf(inventory: Inventory): Membership {
  const before = membershipCache.get(inventory);
  if (before) return before;
  const parts = [
    zonesByAddress(inventory),
    ...inventory.hosts.flatMap((host) => [
      candidatesOn(host),
      lastValue(host.feeds.zoneCertificates),
      etcdText(host),
    ]),
    ...inventory.clusters.flatMap((cluster) => [
      cluster.name,
      planeText(controlPlaneOf(cluster)?.value),
    ]),
  ];
  const made = stableMembership(parts, () => judgeAll(inventory));
  membershipCache.set(inventory, made);
  return made;
}

/** What of a control plane tells who is of it; all else of it changes with every probe. */
function planeText(plane: ControlPlane | undefined): string {
  if (!plane) return '';
  const before = planeTexts.get(plane);
  if (before !== undefined) return before;
  const { apiServers, vip, leases, leasesAt, evidence } = plane;
  const { endpointsAt, ...others } = evidence;
  const text = JSON.stringify([
    apiServers.map((each) => [
      each.address,
      each.place,
      each.from,
      trustOf(each, plane),
      each.certificate?.names,
    ]),
    vip?.address,
    vip?.certificate?.names,
    leases.map(({ kind, holder }) => [kind, holder]),
    leasesAt !== null,
    endpointsAt !== null,
    others,
  ]);
  planeTexts.set(plane, text);
  return text;
}

/** What all judgements of one cluster need. */
type Case = {
  readonly name: string;
  readonly plane: ControlPlane;
  readonly inventory: Inventory;
  readonly candidates: readonly Candidate[];
  /** Names and addresses under which the cluster is reached. */
  readonly ways: ReadonlySet<string>;
  readonly files: (candidate: Candidate) => ZoneCertificates | undefined;
};

function judgeAll(inventory: Inventory): Membership {
  const candidates = inventory.hosts.flatMap(candidatesOn);
  const files = new Map(
    inventory.hosts.flatMap(({ name, feeds }) =>
      (lastValue(feeds.zoneCertificates) ?? []).map(
        (each) => [`${name}/${each.zone}/${each.kind}`, each] as const,
      ),
    ),
  );
  const cases = inventory.clusters.flatMap((cluster): readonly Case[] => {
    const plane = controlPlaneOf(cluster)?.value;
    return plane === undefined
      ? []
      : [
          {
            name: cluster.name,
            plane,
            inventory,
            candidates,
            ways: waysTo(plane),
            files: ({ host, name, kind }) => files.get(`${host}/${name}/${kind}`),
          },
        ];
  });
  const zones = new Map<Zone['ref'], Belonging>();
  const areAllTold = cases.length === inventory.clusters.length;
  const settle = (
    refs: readonly Zone['ref'][],
    verdicts: readonly (readonly [string, Verdict])[],
    etcd: string | null,
  ): void => {
    const own = candidates.filter(({ ref }) => refs.includes(ref));
    const isNear = (name: string): boolean => distanceTo(own, anchors.get(name) ?? []) === 'near';
    const claims = etcd === null ? [] : sharesIn(verdicts);
    const [first] = claims;
    const belonging: Omit<Belonging, 'etcd'> =
      first && claims.length > 1
        ? { is: 'member', ...first }
        : decide(verdicts, areAllTold && cases.length > 0, isNear);
    for (const ref of refs) {
      // What etcd is in one zone with goes before.
      const before = zones.get(ref);
      const own = before?.is === 'member' ? before : belonging;
      const group = own.cluster === belonging.cluster ? belonging.group : null;
      const sharedBy = withFirst({ ...own, group }, claims);
      zones.set(ref, { ...own, group, etcd, ...(sharedBy.length > 1 && { sharedBy }) });
    }
  };
  // Sure evidence first: what is near is near to that.
  const claims = cases.map((each) => [each, claimsOf(each)] as const);
  const anchors = new Map(
    claims.map(([each, own]) => [
      each.name,
      candidates.filter(({ ref }) => {
        const strength = own.get(ref)?.strength ?? 0;
        return (
          strength >= SURE.certificate &&
          claims.every(
            ([, others]) => others === own || (others.get(ref)?.strength ?? 0) < strength,
          )
        );
      }),
    ]),
  );
  const others = candidates.filter(({ kind }) => kind !== 'etcd');
  for (const [ref, parts] of Map.groupBy(others, (each) => each.ref))
    settle(
      [ref],
      claims.map(([each, own]) => [
        each.name,
        own.get(ref) ??
          together(parts.map((part) => judge(each, part, anchors.get(each.name) ?? []))),
      ]),
      null,
    );
  settleEtcd(inventory, { candidates, cases, zones, anchors, settle });
  return { candidates, zones };
}

/** Who is known to keep its objects in an etcd, the surest first: not one of them alone has it. */
const sharesIn = (verdicts: readonly (readonly [string, Verdict])[]): readonly Share[] =>
  verdicts
    .flatMap(([cluster, each]) =>
      each.is === 'yes' && each.strength >= SURE.address ? [{ cluster, ...each }] : [],
    )
    .toSorted((a, b) => b.strength - a.strength)
    .map(({ cluster, by, group }) => ({ cluster, by, group: group ?? null }));

/** The cluster that all in its zone is of before the others. */
const withFirst = (
  { cluster, by, group }: Omit<Belonging, 'etcd'>,
  shares: readonly Share[],
): readonly Share[] =>
  cluster === null
    ? shares
    : [{ cluster, by, group }, ...shares.filter((each) => each.cluster !== cluster)];

/** Of the components of one zone, which are of one cluster. */
const together = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.find(({ is }) => is === 'near') ?? verdicts.find(({ is }) => is === 'no') ?? OPEN;

/** The surest cluster has it; of several that are as sure none, unless it is near one of them alone. */
function decide(
  verdicts: readonly (readonly [string, Verdict])[],
  areAllTold: boolean,
  isNear: (cluster: string) => boolean,
): Omit<Belonging, 'etcd'> {
  const claims = verdicts.flatMap(([name, each]) => (each.is === 'yes' ? [{ name, ...each }] : []));
  const most = Math.max(0, ...claims.map(({ strength }) => strength));
  const surest = claims.filter(({ strength }) => strength === most);
  const nearest = surest.length > 1 ? surest.filter(({ name }) => isNear(name)) : [];
  const best = nearest.length === 1 ? nearest : surest;
  const [only] = best;
  if (only && best.length === 1)
    return { is: 'member', cluster: only.name, by: only.by, group: only.group ?? null };
  const near = verdicts.filter(([, { is }]) => is === 'near');
  const [neighbour] = near;
  if (best.length === 0 && neighbour && near.length === 1)
    return { is: 'member', cluster: neighbour[0], by: NEAR_TEXT, group: null };
  const refused = verdicts.flatMap(([, each]) => (each.is === 'no' ? [each.by] : []));
  const [reason] = refused;
  if (areAllTold && reason !== undefined && refused.length === verdicts.length)
    return { is: 'other', cluster: null, by: reason, group: null };
  return {
    is: 'candidate',
    cluster: null,
    by:
      best.length > 1
        ? `${best.map(({ name }) => name).join(' and ')} claim it`
        : 'nothing tells yet',
    group: null,
  };
}

const NEAR_TEXT = 'on a network with others of the cluster';

type Claims = ReadonlyMap<Zone['ref'], Extract<Verdict, { is: 'yes' }>>;

/** What is said of API servers, schedulers and controller managers for a cluster. */
function claimsOf(own: Case): Claims {
  const claims = new Map<Zone['ref'], Extract<Verdict, { is: 'yes' }>>();
  const claim = (ref: Zone['ref'] | undefined, strength: number, by: string): void => {
    if (ref !== undefined && (claims.get(ref)?.strength ?? 0) < strength)
      claims.set(ref, { is: 'yes', strength, by, group: null });
  };
  const { plane, inventory, candidates, name } = own;
  for (const { ref, configured } of candidates)
    if (configured === name) claim(ref, SURE.configured, 'configured');
  for (const server of plane.apiServers) {
    const place = placeOf(server, plane, candidates, inventory);
    if (place) claim(place.ref, ...place.claim);
  }
  const servers = candidates.filter(({ kind }) => kind === 'kube-apiserver');
  for (const front of plane.evidence.fronts)
    claim(zonesByAddress(inventory).get(front), SURE.address, 'the kubeconfig names its address');
  for (const identity of plane.evidence.identities) {
    const named = servers.filter((server) => isNamed(server.name, identity));
    if (named.length === 1)
      claim(named[0]?.ref, SURE.named, `an identity lease of an API server names ${identity}`);
  }
  for (const candidate of candidates) {
    if (candidate.kind === 'etcd') continue;
    const told = own.files(candidate);
    const { isTrusted } = lookAt(plane, candidate) ?? {};
    if (candidate.kind === 'kube-apiserver' && isTrusted === true)
      claim(candidate.ref, SURE.signed, 'it shows a certificate of the CA of the cluster');
    if (told && caOf(told, plane.evidence.authorities) === 'own')
      claim(candidate.ref, SURE.signed, 'the CA of the cluster lies in its zone');
    if (candidate.kind === 'kube-apiserver') continue;
    const holds = leaseOf(plane, candidate.kind, candidate.name) !== null;
    const isAlone =
      holds &&
      candidates.filter(({ kind, name: of }) => kind === candidate.kind && of === candidate.name)
        .length === 1;
    if (holds) claim(candidate.ref, isAlone ? SURE.named : SURE.ambiguous, 'it holds the lease');
    const way = waysFrom(told).find((each) => own.ways.has(each));
    if (way !== undefined) claim(candidate.ref, SURE.named, `its kubeconfig leads to ${way}`);
  }
  return claims;
}

/** What is to be said of a zone that no evidence joins to the cluster. */
function judge(own: Case, candidate: Candidate, anchors: readonly Candidate[]): Verdict {
  const { plane } = own;
  const told = own.files(candidate);
  if (candidate.configured !== null) return no(`configured to be of ${candidate.configured}`);
  if (candidate.kind === 'kube-apiserver') {
    if (isRefuted(plane, candidate))
      return no(
        'it shows a certificate of another CA, and the cluster knows none of its addresses',
      );
  } else {
    const strange = waysFrom(told).find((way) => isStrange(way, own));
    if (strange !== undefined) return no(`its kubeconfig leads to ${strange}`);
  }
  if (told && caOf(told, plane.evidence.authorities) === 'foreign')
    return no('the CA of another cluster lies in its zone');
  const distance = distanceTo([candidate], anchors);
  if (distance === 'near') return NEAR;
  if (distance === 'far' && isToldBy(plane, anchors))
    return no('it is on no network with others of the cluster');
  return candidate.kind === 'kube-apiserver' && plane.evidence.endpointsAt !== null
    ? no('it is no endpoint of default/kubernetes')
    : OPEN;
}

/**
 * Whether the cluster has told of itself, or where its API servers are is known without it: until then a zone far from
 * what is known may be of it too.
 */
const isToldBy = (
  { apiServers, leasesAt, evidence }: ControlPlane,
  anchors: readonly Candidate[],
): boolean =>
  anchors.some(({ kind }) => kind === 'kube-apiserver') ||
  evidence.endpointsAt !== null ||
  leasesAt !== null ||
  apiServers.some(({ readyAt }) => readyAt !== null);

type EtcdCase = {
  readonly candidates: readonly Candidate[];
  readonly cases: readonly Case[];
  readonly zones: ReadonlyMap<Zone['ref'], Belonging>;
  readonly anchors: ReadonlyMap<string, readonly Candidate[]>;
  readonly settle: (
    refs: readonly Zone['ref'][],
    verdicts: readonly (readonly [string, Verdict])[],
    etcd: string,
  ) => void;
};

/** Members of one etcd cluster go together, and to the cluster whose API servers keep their objects in it. */
function settleEtcd(inventory: Inventory, given: EtcdCase): void {
  const { candidates, cases, zones, anchors, settle } = given;
  const groups = etcdGroups(inventory, candidates);
  const verdicts = cases.map((own) => {
    const servers = candidates.filter(({ ref }) => zones.get(ref)?.cluster === own.name);
    const flags = flagsOf(
      own.plane.evidence.etcd,
      servers,
      own.files,
      groups,
      candidates,
      inventory,
    );
    const all = [
      ...(anchors.get(own.name) ?? []),
      ...servers.filter(({ kind }) => kind === 'kube-apiserver'),
    ];
    const distances = new Map(groups.map((group) => [group, distanceTo(group.zones, all)]));
    const isOneNear = [...distances.values()].includes('near');
    const isKnown = flags.size > 0;
    return groups.map((group): Verdict => {
      const configured = group.zones.flatMap((each) => each.configured ?? []);
      if (configured.includes(own.name)) return yes(SURE.configured, 'configured');
      const flag = flags.get(group);
      if (flag) return yes(flag.isConfigured ? SURE.configured : SURE.address, flag.by, flag.group);
      if (configured.length > 0) return no(`configured to be of ${configured[0]}`);
      if (group.zones.some(({ ref }) => zones.get(ref)?.cluster === own.name))
        return yes(SURE.named, 'in one zone with others of the cluster');
      if (isKnown) return no('the API servers keep nothing in it');
      const distance = distances.get(group);
      if (distance === 'near') return NEAR;
      return distance === 'far' && isOneNear && isToldBy(own.plane, all)
        ? no('it is on no network with others of the cluster')
        : OPEN;
    });
  });
  for (const [index, { zones: own, key }] of groups.entries())
    settle(
      own.map(({ ref }) => ref),
      cases.map(({ name }, of) => [name, verdicts[of]?.[index] ?? OPEN]),
      key,
    );
}

/** Where an API server runs, and how sure that is. */
function placeOf(
  server: ApiServer,
  plane: ControlPlane,
  candidates: readonly Candidate[],
  inventory: Inventory,
): { readonly ref: Zone['ref']; readonly claim: readonly [strength: number, by: string] } | null {
  if (server.place !== null) {
    const [hostName = '', name] = server.place.split('/');
    const host = findHost(inventory, hostName);
    const zone = host && allZonesOf(host).find((each) => each.name === name);
    return zone ? { ref: zone.ref, claim: [SURE.configured, 'configured'] } : null;
  }
  const ref = zonesByAddress(inventory).get(plainHost(server.address));
  const isFound = server.from === 'zone';
  if (ref !== undefined)
    return {
      ref,
      claim: isFound
        ? trustOf(server, plane) === true
          ? [SURE.signed, 'it shows a certificate of the CA of the cluster']
          : [0, '']
        : [
            SURE.address,
            server.from === 'endpoints'
              ? 'the endpoints of default/kubernetes name its address'
              : 'the configuration names its address',
          ],
    };
  const names = new Set(server.certificate?.names);
  const matching = candidates.filter(
    (each) =>
      each.kind === 'kube-apiserver' &&
      [each.name, ...plainAddresses(each)].some((name) => names.has(name)),
  );
  const [only] = matching;
  return only && matching.length === 1
    ? {
        ref: only.ref,
        claim: [SURE.certificate, 'the certificate of an API server names it alone'],
      }
    : null;
}

/** Where an API server of a cluster runs. */
export const placeIn = (
  inventory: Inventory,
  cluster: ClusterInventory,
  server: ApiServer,
): { readonly ref: Zone['ref'] } | null => {
  const plane = controlPlaneOf(cluster)?.value;
  return plane ? placeOf(server, plane, membershipOf(inventory).candidates, inventory) : null;
};

/** Whether the CA of the cluster signed what an API server shows; null when nothing was shown, or it is not verified. */
function trustOf({ state, error, readyAt }: ApiServer, { evidence }: ControlPlane): boolean | null {
  if (!evidence.isVerified) return null;
  if (error?.code === 'tls-untrusted') return false;
  return ANSWERS.has(state) || readyAt !== null ? true : null;
}
const ANSWERS: ReadonlySet<ApiServer['state']> = new Set(['ok', 'denied', 'failing', 'overloaded']);

const looksByHost = new WeakMap<
  readonly ServerLook[],
  ReadonlyMap<string, readonly ServerLook[]>
>();

/** What a look at one of the addresses of a zone found; a certificate that is trusted at one of them is enough. */
function lookAt({ evidence }: ControlPlane, candidate: Candidate): ServerLook | undefined {
  if (evidence.looks.length === 0) return undefined;
  let byHost = looksByHost.get(evidence.looks);
  if (!byHost) {
    byHost = Map.groupBy(evidence.looks, ({ address }) => plainHost(address));
    looksByHost.set(evidence.looks, byHost);
  }
  const looks = plainAddresses(candidate).flatMap((address) => byHost.get(address) ?? []);
  return looks.find(({ isTrusted }) => isTrusted) ?? looks[0];
}

/** Whether all that it shows is of another CA. */
function isRefuted(plane: ControlPlane, candidate: Candidate): boolean {
  const seen = lookAt(plane, candidate);
  if (seen) return !seen.isTrusted;
  const suspects = plane.apiServers.filter(
    (server) => server.from === 'zone' && trustOf(server, plane) === false,
  );
  if (suspects.length === 0) return false;
  const own = new Set(plainAddresses(candidate));
  return suspects.some(({ address }) => own.has(plainHost(address)));
}

/** Names and addresses of a cluster: of its API servers and what is in front of them. */
function waysTo({ apiServers, vip, evidence }: ControlPlane): ReadonlySet<string> {
  const servers = [...apiServers.filter(({ from }) => from !== 'zone'), ...(vip ? [vip] : [])];
  return new Set(
    [
      ...evidence.fronts,
      ...servers.flatMap(({ address, certificate }) => [
        plainHost(address),
        ...(certificate?.names ?? []).filter((name) => !/^(?:localhost|kubernetes)/.test(name)),
      ]),
    ].filter((each) => !isLoopback(each)),
  );
}

/** Where a scheduler or controller manager asks the API: its argument `master`, or the kubeconfigs that it has. */
const waysFrom = (told: ZoneCertificates | undefined): readonly string[] =>
  [...(told?.servers ?? []), told?.arguments.get('master') ?? '']
    .flatMap((url) => hostOfUrl(url) ?? [])
    .filter((host) => host !== '' && !isLoopback(host));

/** Whether an address is none of the cluster; a name is when certificates of the cluster are known, and none is for it. */
const isStrange = (way: string, { plane, ways }: Case): boolean =>
  plane.evidence.endpointsAt !== null &&
  !ways.has(way) &&
  (/^[0-9.]+$|:/.test(way) || plane.apiServers.some(({ certificate }) => certificate !== null));

const isNamed = (zone: string, machine: string): boolean =>
  machine === zone || machine.split('.')[0] === zone;

/** Who holds a lease, `NAME_UUID`. */
export const holderName = (holder: string): string => holder.replace(/_[^_]*$/, '');

/** The lease that an instance of that name holds, where a name may end with a domain. */
export function leaseOf(
  plane: ControlPlane | undefined,
  kind: string,
  name: string,
): LeaderLease | null {
  const lease = plane?.leases.find((each) => each.kind === kind);
  const holder = lease && lease.holder !== null ? holderName(lease.holder) : null;
  return lease && holder !== null && isNamed(name, holder) ? lease : null;
}

/** How many zones of control planes are of clusters that are not watched. */
export const othersOf = (inventory: Inventory): number =>
  [...membershipOf(inventory).zones.values()].filter(({ is }) => is === 'other').length;

const strangersCache = new WeakMap<Membership, ReadonlyMap<string, ReadonlySet<string>>>();

/** The zones of a host that are of clusters that are not watched. */
export function strangersOn(inventory: Inventory, host: string): ReadonlySet<string> | undefined {
  const membership = membershipOf(inventory);
  let byHost = strangersCache.get(membership);
  if (!byHost) {
    const strangers = membership.candidates.filter(
      ({ ref }) => membership.zones.get(ref)?.is === 'other',
    );
    byHost = new Map(
      [...Map.groupBy(strangers, (each) => each.host)].map(([name, own]) => [
        name,
        new Set(own.map((each) => each.name)),
      ]),
    );
    strangersCache.set(membership, byHost);
  }
  return byHost.get(host);
}

/**
 * Whether a component may be shown as one of the cluster: its zone is, or may be and no other cluster is watched; or it is
 * an etcd that the cluster shares.
 */
export function isOf(
  inventory: Inventory,
  { name }: ClusterInventory,
  { ref, kind }: Pick<Candidate, 'ref' | 'kind'>,
): boolean {
  const belonging = membershipOf(inventory).zones.get(ref);
  if (belonging === undefined) return true;
  if (kind === 'etcd' && belonging.sharedBy?.some(({ cluster }) => cluster === name)) return true;
  return belonging.is === 'member'
    ? belonging.cluster === name
    : belonging.is === 'candidate' && inventory.clusters.length === 1;
}
