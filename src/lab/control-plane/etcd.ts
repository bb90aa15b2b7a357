import { MIB } from '../plan.ts';
import { createRandom, hexDigits } from '../random.ts';
import { ETCD_VERSION, renderEtcdMetrics } from './etcd-metrics.ts';

/** What is wrong with the storage of a member, or how it is used. */
export type EtcdStorage = {
  /** The size of the database file. */
  readonly dbBytes: number;
  /** What of it is not free pages. */
  readonly inUseBytes: number;
  readonly quotaBytes: number;
  /** Whether its disk is slow to sync from now on. */
  readonly isSlow: boolean;
};

/** An etcd cluster that changes with the clock and with which of its members run. */
export type Etcd = {
  readonly members: readonly string[];
  /** More than half of the members run, so that one leads and writes are taken. */
  readonly hasQuorum: () => boolean;
  /** `GET /health` of a member that runs. */
  readonly health: (member: string) => { readonly code: number; readonly body: string };
  /** `GET /metrics` of a member that runs. */
  readonly metrics: (member: string) => string;
  /** A POST of `{}` to the JSON gateway of a member that runs: its status, the list of members. */
  readonly gateway: (
    member: string,
    path: string,
  ) => { readonly code: number; readonly body: string };
  /** @throws {RangeError} if there is no such member. */
  readonly setStorage: (member: string, change: Partial<EtcdStorage>) => void;
};

type Member = {
  readonly name: string;
  readonly id: string;
  storage: EtcdStorage;
  applied: number;
  leaderChanges: number;
  /** Syncs of the log, and those of them that were slow. */
  syncs: number;
  slowSyncs: number;
  wasRunning: boolean;
};

/** Proposals that an idle cluster of this size commits each second. */
const COMMITS_PER_SECOND = 9;
const QUOTA_BYTES = 2048 * MIB;

/** Makes a cluster that has run for a long time. */
export function createEtcd(options: {
  readonly seed: number;
  readonly members: readonly string[];
  readonly isRunning: (member: string) => boolean;
  readonly addressOf: (member: string) => string;
  readonly clock: () => number;
}): Etcd {
  const { isRunning, addressOf, clock } = options;
  const random = createRandom(`${options.seed}/${options.members.join(' ')}`);
  let committed = 41_000_000 + Math.floor(random() * 1_000_000);
  let at = clock();
  let leader: Member | undefined;
  const members = options.members.map((name): Member => ({
    name,
    id: hexDigits(random, 16),
    storage: {
      dbBytes: Math.round((212 + random() * 4) * MIB),
      inUseBytes: Math.round((171 + random() * 3) * MIB),
      quotaBytes: QUOTA_BYTES,
      isSlow: false,
    },
    applied: committed,
    leaderChanges: 3,
    syncs: 1_900_000,
    slowSyncs: 0,
    wasRunning: true,
  }));
  leader = members[0];
  const clusterId = decimal(hexDigits(random, 16));
  let term = 4;

  const running = (): readonly Member[] => members.filter(({ name }) => isRunning(name));

  /** Brings everything up to the present. */
  function settle(): readonly Member[] {
    const now = clock();
    const alive = running();
    const hasQuorum = alive.length > members.length / 2;
    for (const member of members) {
      const isAlive = alive.includes(member);
      // Metrics of a process begin with it.
      if (isAlive && !member.wasRunning)
        Object.assign(member, { leaderChanges: 0, syncs: 0, slowSyncs: 0 });
      member.wasRunning = isAlive;
    }
    const next = hasQuorum ? (leader && alive.includes(leader) ? leader : alive[0]) : undefined;
    if (next !== undefined && next !== leader) {
      term += 1;
      for (const each of alive) each.leaderChanges += 1;
    }
    leader = next;
    if (hasQuorum) {
      const commits = Math.floor(((now - at) / 1000) * COMMITS_PER_SECOND);
      committed += commits;
      at += (commits * 1000) / COMMITS_PER_SECOND;
      for (const member of alive) {
        member.applied = committed;
        member.syncs += commits;
        if (member.storage.isSlow) member.slowSyncs += commits;
      }
    } else at = now;
    return alive;
  }

  function find(name: string): Member {
    const found = members.find((member) => member.name === name);
    if (!found) throw new RangeError(`no etcd member ${name} in the lab`);
    return found;
  }

  return {
    members: options.members,
    hasQuorum: () => {
      settle();
      return leader !== undefined;
    },
    health: (name) => {
      settle();
      const { storage } = find(name);
      // etcdserver/api/etcdhttp/metrics.go: alarms are looked at first, then the leader.
      if (storage.dbBytes >= storage.quotaBytes)
        return { code: 503, body: '{"health":"false","reason":"ALARM NOSPACE"}' };
      return leader === undefined
        ? { code: 503, body: '{"health":"false","reason":"RAFT NO LEADER"}' }
        : { code: 200, body: '{"health":"true","reason":""}' };
    },
    metrics: (name) => {
      settle();
      const member = find(name);
      return renderEtcdMetrics({
        ...member,
        ...member.storage,
        committed,
        hasLeader: leader !== undefined,
        isLeader: leader === member,
        peers: members.filter((peer) => peer !== member).map(({ id }) => id),
      });
    },
    gateway: (name, path) => {
      settle();
      const member = find(name);
      const header = {
        cluster_id: clusterId,
        member_id: decimal(member.id),
        revision: String(committed - 1_000_000),
        raft_term: String(term),
      };
      const respond = (body: object) => ({ code: 200, body: JSON.stringify({ header, ...body }) });
      if (path === '/v3/cluster/member/list')
        return respond({
          members: members.map(({ name: peer, id }) => ({
            ID: decimal(id),
            name: peer,
            peerURLs: [`https://${addressOf(peer)}:2380`],
            clientURLs: [`https://${addressOf(peer)}:2379`],
          })),
        });
      if (path !== '/v3/maintenance/status')
        return { code: 404, body: '{"code":5,"message":"Not Found","details":[]}' };
      const { dbBytes, inUseBytes } = member.storage;
      // Those of all members: each knows all alarms. What is 0 or empty is left out.
      const alarms = members
        .filter(({ storage }) => storage.dbBytes >= storage.quotaBytes)
        .map(({ id }) => `memberID:${decimal(id)} alarm:NOSPACE `);
      const errors = [...(leader ? [] : ['etcdserver: no leader']), ...alarms];
      return respond({
        version: ETCD_VERSION,
        dbSize: String(dbBytes),
        ...(leader ? { leader: decimal(leader.id) } : {}),
        raftIndex: String(committed),
        raftTerm: String(term),
        raftAppliedIndex: String(member.applied),
        ...(errors.length > 0 ? { errors } : {}),
        dbSizeInUse: String(inUseBytes),
      });
    },
    setStorage: (name, change) => {
      settle();
      const member = find(name);
      member.storage = { ...member.storage, ...change };
    },
  };
}

/** The gateway writes 64 bits as decimal text. */
const decimal = (hex: string): string => BigInt(`0x${hex}`).toString();
