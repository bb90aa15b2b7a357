import { etcdClustersIn, isVoter, quorumOf } from './components.ts';
import type { Component } from './components.ts';
import type { Sign } from './view.ts';

/** How many of a kind are well, of how many; of etcd, of one etcd cluster. */
export type KindState = {
  readonly kind: Component['kind'];
  /** The kind; of an etcd cluster that keeps some objects apart its own name, `etcd-events`. */
  readonly name: string;
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

/** The components by kind, and those of etcd by etcd cluster: each has a quorum of its own; of other kinds one is enough. */
export const componentKinds = (components: readonly Component[]): readonly KindState[] =>
  KINDS.flatMap((kind): readonly KindState[] => {
    const own = components.filter((each) => each.kind === kind);
    if (kind === 'etcd')
      return etcdClustersIn(own).map(({ kind: name, members }) =>
        kindState(kind, name, members, quorumOf(members.filter(isVoter).length)),
      );
    return own.length === 0 ? [] : [kindState(kind, kind, own, 1)];
  });

const kindState = (
  kind: Component['kind'],
  name: string,
  components: readonly Component[],
  needed: number,
): KindState => ({
  kind,
  name,
  components,
  up: components.filter(({ sign }) => sign === 'ok').length,
  sign: kindSign(components, needed),
});

function kindSign(own: readonly Component[], needed: number): Sign {
  const up = own.filter(({ sign }) => sign === 'ok').length;
  const unknown = own.filter(({ sign }) => sign === 'unknown').length;
  if (up === own.length) return 'ok';
  if (up >= needed) return up === needed ? 'warning' : 'degraded';
  return up + unknown >= needed ? 'unknown' : 'down';
}
