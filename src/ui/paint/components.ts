import { componentKinds } from '../../domain/component-kinds.ts';
import type { KindState } from '../../domain/component-kinds.ts';
import { everyComponent } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import { age } from '../../domain/format.ts';
import { sameFields, settleEach } from '../../domain/same-parts.ts';
import { viewOfRef } from '../model.ts';
import type { Model } from '../model.ts';
import { SIGN_TONES } from '../tones.ts';
import type { Run } from './canvas.ts';
import { muted, run } from './lines.ts';
import { isFaulty, signRun } from './look.ts';
import type { Look } from './look.ts';

/** The components of all clusters; the same array while what they are made from is. */
export const allComponents = ({ keep, model: { inventory, now } }: Look): readonly Component[] =>
  keep(
    'components',
    [
      inventory.hosts,
      ...inventory.clusters.flatMap(({ name, feeds }) => [name, feeds.controlPlane]),
    ],
    () => everyComponent(inventory, now),
  );

/** The components of some clusters by kind, with those of which nobody tells which cluster they are of. */
export const kindsOf = (look: Look, clusters: readonly string[]): readonly ClusterKind[] => {
  const all = allComponents(look);
  const [only, ...others] = clusters;
  const of = (cluster: string | null, isWanted: (of: string | null) => boolean) =>
    componentKinds(all.filter((each) => isWanted(each.cluster))).map((kind) => ({
      ...kind,
      cluster,
    }));
  return others.length === 0
    ? of(only ?? null, (cluster) => cluster === null || cluster === only)
    : [...clusters, null].flatMap((name) => of(name, (cluster) => cluster === name));
};

/** A kind, and the cluster that it is of; null when nobody tells. */
export type ClusterKind = KindState & { readonly cluster: string | null };

/** What is said of an instance in a cell. */
export type ToldInstance = Pick<Component, 'ref' | 'sign' | 'leader'> & {
  readonly name: string;
  /** Of its zone; null when that is not known. */
  readonly host: string | null;
  /** The most telling thing of it. */
  readonly told: string;
};
export type ToldKind = Omit<ClusterKind, 'components'> & {
  readonly components: readonly ToldInstance[];
};

/**
 * What is said of the components of a cluster by kind. It is the same list as long as it says the same: their figures
 * change with every answer of a host, what is said of them here seldom.
 */
export const toldKinds = (look: Look, cluster: string): readonly ToldKind[] =>
  look.keep(
    `kinds of ${cluster}`,
    [allComponents(look)],
    (): readonly ToldKind[] =>
      kindsOf(look, [cluster]).map(({ components, ...kind }) => ({
        ...kind,
        components: components.map((part) => tellOf(part, look.model)),
      })),
    (before, after) => settleEach(before, after, saysSame),
  );

const saysSame = (a: ToldKind, b: ToldKind): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  a.sign === b.sign &&
  a.up === b.up &&
  settleEach(a.components, b.components, sameFields) === a.components;

export const tellOf = (part: Component, model: Model): ToldInstance => ({
  ref: part.ref,
  sign: part.sign,
  leader: part.leader,
  name: instanceName(part),
  host: part.zone?.host ?? null,
  told: toldOf(part, model),
});

/** What a kind is called: where there is room, where there is little, and where there is none to spare. */
export type KindName = 'long' | 'short' | 'brief';

const KIND_NAMES: Readonly<
  Record<Exclude<KindState['kind'], 'etcd'>, Readonly<Record<KindName, string>>>
> = {
  'kube-apiserver': { long: 'kube-apiserver', short: 'apiserver', brief: 'api' },
  'kube-controller-manager': { long: 'controller-manager', short: 'ctrl-mgr', brief: 'ctrl' },
  'kube-scheduler': { long: 'scheduler', short: 'scheduler', brief: 'sched' },
  vip: { long: 'vip', short: 'vip', brief: 'vip' },
};

/** What a kind, or an etcd cluster, is called. */
export const kindName = ({ kind, name }: Pick<KindState, 'kind' | 'name'>, how: KindName): string =>
  kind === 'etcd' ? name : KIND_NAMES[kind][how];

/** Milliseconds in steps of five, so that a calm screen stays still. */
export const stepMs = (ms: number): string => `${Math.max(1, Math.round(ms / 5) * 5)}ms`;

/** The most telling thing of an instance: how old what is known of it is, its state, or how fast it answers. */
function toldOf({ zone, zoneFresh, direct, sign, state }: Component, { now }: Model): string {
  if (zone !== null && !zoneFresh) return age(zone.at, now);
  if (zone !== null && zone.state !== 'running') return zone.stateText;
  if (direct?.fresh === true && direct.state !== 'ok') return direct.state;
  if (isFaulty(sign) && sign !== 'unknown') return state;
  return direct?.fresh !== true || direct.latencyMs === null ? '' : stepMs(direct.latencyMs);
}

/** The virtual IP is told by its address. */
export const instanceName = ({ kind, name, zone, direct }: Component): string =>
  kind === 'vip' ? (zone?.name ?? direct?.address ?? name) : name;

/** An instance in a cell: its name, its host where there is room, what is most telling; a click opens it. */
export function instanceRuns(
  { sign, ref, leader, name, host, told }: ToldInstance,
  look: Look,
  withHost: boolean,
): readonly Run[] {
  const view = viewOfRef(look.model.views, ref)?.id;
  // The line that it stands in is of several.
  const spot: Pick<Run, 'spot'> =
    view === undefined ? {} : { spot: { kind: 'place', place: { kind: 'detail', view, ref } } };
  return [
    { ...signRun(sign), ...spot },
    { ...run(` ${name}`, sign === 'unknown' ? 'stale' : 'plain'), ...spot },
    muted(host !== null && withHost ? ` ${host}` : ''),
    run(told === '' ? '' : ` ${told}`, isFaulty(sign) ? SIGN_TONES[sign] : 'muted'),
    run(leader === true ? ' leads' : '', 'accent'),
  ];
}

/** A kind of which only the signs of its instances are asked. */
type CountedKind = Omit<KindState, 'components'> & {
  readonly components: readonly Pick<Component, 'sign'>[];
};

/** How many are well of how many: `2/3`. */
export const shareOf = ({ up, components }: CountedKind): string => `${up}/${components.length}`;

/** `2/3 no loss left` */
export function verdict(kinds: CountedKind): string {
  const { sign, kind } = kinds;
  const share = shareOf(kinds);
  if (sign === 'down') return kind === 'etcd' ? `${share} no quorum` : `${share} down`;
  if (sign === 'unknown') return `${share} seen`;
  if (sign === 'warning') return `${share} no loss left`;
  return share;
}

/** A kind with the signs of its instances, and how many are well where not all are: `etcd ●?● 2/3`. */
export const kindRuns = (kind: CountedKind, how: KindName, isCounted: boolean): readonly Run[] => [
  run(`${kindName(kind, how)} `, kind.sign === 'ok' ? 'muted' : 'plain'),
  ...kind.components.map(({ sign }) => signRun(sign)),
  run(
    kind.sign === 'ok' || !isCounted ? '' : ` ${kind.up}/${kind.components.length}`,
    SIGN_TONES[kind.sign],
  ),
];
