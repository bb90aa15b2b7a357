import { etcdClustersIn, isVoter, quorumOf } from '../../domain/components.ts';
import type { Component, EtcdCluster } from '../../domain/components.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { componentRef } from '../../domain/ref.ts';
import type { ComponentRef } from '../../domain/ref.ts';
import { inClusters, placeText } from './clusters.ts';

/**
 * More than half of the members of etcd must run and agree. One more failure is told as a warning, the loss itself as
 * critical: nothing can be written then, and no API server is ready.
 */
export const etcdQuorum: LabRule = {
  id: 'etcd.quorum',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (cluster, components) => {
      // An API server that reads from etcd shows that there is a quorum, whoever else is not seen.
      const isProven = components.some(
        ({ kind, direct }) =>
          kind === 'kube-apiserver' && direct?.fresh === true && direct.state === 'ok',
      );
      return etcdClustersIn(components).flatMap((etcd) =>
        stateOf(etcd, componentRef(cluster.name, etcd.kind), isProven),
      );
    }),
};

function stateOf(
  { members: all }: EtcdCluster,
  subject: ComponentRef,
  isProven: boolean,
): readonly Finding[] {
  const members = all.filter(isVoter);
  const needed = quorumOf(members.length);
  const down = members.filter(({ sign }) => sign === 'down');
  // One whose zone runs, and that nobody may ask, is taken for a present one.
  const unseen = members.filter(({ sign, fresh }) => sign === 'unknown' && !fresh);
  const present = members.length - down.length - unseen.length;
  // A cluster of one or two has no failure to spare from its first day on.
  if (members.length < 3 || present > needed || present === members.length) return [];
  const isLost = members.length - down.length < needed;
  const isWarning = present === needed || (!isLost && isProven);
  return [
    {
      subject,
      severity: isWarning ? 'warning' : 'critical',
      title: isWarning
        ? `${present} of ${members.length} members, one more failure loses the quorum`
        : isLost
          ? `quorum lost: ${present} of ${members.length} members, ${needed} are needed`
          : `quorum perhaps lost: ${present} of ${members.length} members are seen, ${needed} are needed`,
      evidence: {
        members: members.length,
        needed,
        present,
        down: names(down),
        notSeen: names(unseen),
        leader: members.find(({ leader }) => leader === true)?.name ?? null,
        from: 'zoneadm list, ps, zlogin curl http://127.0.0.1:2381/health',
      },
      hint: isWarning
        ? `bring ${down[0] ? placeText(down[0]) : 'the missing one'} back before anything else; restart none of the others`
        : `bring one member back: ${[...down, ...unseen].map(placeText).join(', ')}`,
    },
  ];
}

const names = (members: readonly Component[]): string | null =>
  members.map(({ name, host }) => (host === null ? name : `${name} on ${host}`)).join(', ') || null;
