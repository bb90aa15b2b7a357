import { etcdClustersIn } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { componentRef } from '../../domain/ref.ts';
import type { ComponentRef } from '../../domain/ref.ts';
import { inClusters } from './clusters.ts';

/** From so many changes of the leader between two answers on it is unrest, and no single election. */
const UNREST = 2;

/** Members of etcd that run have no leader, or get another one again and again. */
export const etcdLeader: LabRule = {
  id: 'etcd.leader',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (cluster, components) =>
      etcdClustersIn(components).flatMap(({ kind, members }) =>
        unrestOf(members, componentRef(cluster.name, kind)),
      ),
    ),
};

function unrestOf(members: readonly Component[], subject: ComponentRef): readonly Finding[] {
  const told = members.filter(({ inside, etcd }) => inside?.fresh === true && etcd !== null);
  const without = told.filter(({ etcd }) => etcd?.hasLeader === false);
  const changes = Math.max(0, ...told.map(({ etcd }) => etcd?.newLeaderChanges ?? 0));
  const isLeaderless = told.length > 0 && without.length === told.length;
  if (!isLeaderless && changes < UNREST) return [];
  return [
    {
      subject,
      severity: isLeaderless ? 'critical' : 'warning',
      title: isLeaderless
        ? 'no leader: nothing can be written'
        : `the leader changed ${changes} times since the answer before`,
      evidence: {
        membersAsked: told.length,
        withoutLeader: without.map(({ name }) => name).join(', ') || null,
        leader: told.find(({ leader }) => leader === true)?.name ?? null,
        term: highest(told.map(({ etcd }) => etcd?.term ?? null)),
        leaderChanges: changes,
        fsyncP99Ms: highest(told.map(({ etcd }) => etcd?.fsyncP99Ms ?? null)),
        from: '/metrics etcd_server_has_leader, etcd_server_leader_changes_seen_total',
      },
      hint: isLeaderless
        ? 'see which members are gone; with a majority they elect one within seconds'
        : 'see the disks and the network between the members: slow syncs make them miss the heart-beat',
    },
  ];
}

const highest = (values: readonly (number | null)[]): number | null =>
  values.reduce((most, value) => (value === null ? most : Math.max(most ?? value, value)), null);
