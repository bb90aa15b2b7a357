import { isVoter } from './components.ts';
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

/** The components by kind. Of etcd more than half of the members have to be up; of the others one is enough. */
export const componentKinds = (components: readonly Component[]): readonly KindState[] =>
  KINDS.flatMap((kind) => {
    const own = components.filter((each) => each.kind === kind);
    if (own.length === 0) return [];
    const up = own.filter(({ sign }) => sign === 'ok').length;
    const unknown = own.filter(({ sign }) => sign === 'unknown').length;
    const needed = kind === 'etcd' ? Math.floor(own.filter(isVoter).length / 2) + 1 : 1;
    return [{ kind, components: own, up, sign: kindSign(own.length, up, unknown, needed) }];
  });

function kindSign(total: number, up: number, unknown: number, needed: number): Sign {
  if (up === total) return 'ok';
  if (up >= needed) return up === needed ? 'warning' : 'degraded';
  return up + unknown >= needed ? 'unknown' : 'down';
}
