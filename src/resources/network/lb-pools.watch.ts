import type { LoadBalancerPool } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { isTrueAt } from '../../parse/json-fields.ts';
import { readConditions } from '../../parse/object-meta.ts';
import { readNamed } from './named.ts';

/**
 * The pools of addresses for load balancers: `cilium.io` CiliumLoadBalancerIPPool. How many addresses there are is the
 * message of a condition (operator/pkg/lbipam of Cilium).
 */
export const lbPoolsWatch: ClusterWatch<'lbPools'> = {
  feed: 'lbPools',
  group: 'cilium.io',
  versions: ['v2', 'v2alpha1'],
  resource: 'ciliumloadbalancerippools',
  namespaced: false,
  maxObjects: 20_000,
  shows: 'the pools of addresses for load balancers',
  project: (object): LoadBalancerPool | undefined => {
    const named = readNamed(object);
    if (!named) return undefined;
    const conditions = readConditions(object, 'status', 'conditions');
    const condition = (type: string) =>
      conditions.find((each) => each.type === `cilium.io/${type}`);
    const amount = (type: string): number | null => {
      const message = condition(type)?.message ?? '';
      // A pool of IPv6 has more addresses than can be counted exactly: near enough for a share.
      return /^[0-9]+$/.test(message) ? Number(message) : null;
    };
    const conflict = condition('PoolConflict');
    return {
      ...named,
      isDisabled: isTrueAt(object, 'spec', 'disabled'),
      total: amount('IPsTotal'),
      available: amount('IPsAvailable'),
      used: amount('IPsUsed'),
      conflict:
        conflict?.status === 'True' ? (conflict.message ?? conflict.reason ?? 'conflict') : null,
    };
  },
};
