import { etcdClustersIn, isVoter, quorumOf } from './components.ts';
import type { Component } from './components.ts';
import type { Sign } from './view.ts';

/** How many of a kind are well, of how many. */
export type KindState = {
  readonly kind: Component['kind'];
  readonly components: readonly Component[];
  readonly up: number;
  readonly sign: Sign;
};

const KINDS: readonly Component['kind'][] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'vip',
];

const ORDER: readonly Sign[] = ['ok', 'degraded', 'warning', 'unknown', 'down'];

/**
 * The components by kind. Of each etcd cluster more than half of the members have to be up, and the worst one counts; of
 * the others one is enough.
 */
export const componentKinds = (components: readonly Component[]): readonly KindState[] =>
  KINDS.flatMap((kind) => {
    const own = components.filter((each) => each.kind === kind);
    if (own.length === 0) return [];
    const up = own.filter(({ sign }) => sign === 'ok').length;
    const signs =
      kind === 'etcd'
        ? etcdClustersIn(own).map(({ members }) =>
            kindSign(members, quorumOf(members.filter(isVoter).length)),
          )
        : [kindSign(own, 1)];
    const sign = signs.reduce<Sign>(
      (worst, each) => (ORDER.indexOf(each) > ORDER.indexOf(worst) ? each : worst),
      'ok',
    );
    return [{ kind, components: own, up, sign }];
  });

function kindSign(own: readonly Component[], needed: number): Sign {
  const up = own.filter(({ sign }) => sign === 'ok').length;
  const unknown = own.filter(({ sign }) => sign === 'unknown').length;
  if (up === own.length) return 'ok';
  if (up >= needed) return up === needed ? 'warning' : 'degraded';
  return up + unknown >= needed ? 'unknown' : 'down';
}
