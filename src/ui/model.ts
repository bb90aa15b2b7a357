import type { CollectError } from '../domain/feed.ts';
import type { Inventory } from '../domain/inventory.ts';
import type { LogSnapshot } from '../domain/log.ts';
import { OUTSIDE_TARGET } from '../domain/network.ts';
import type { Problem } from '../domain/problem.ts';
import type { ReadLine } from '../domain/read-line.ts';
import { isCheckRef, refKind, refPath } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { BoundView } from '../domain/view.ts';
import type { Past } from '../store/past.ts';
import type { Keymap } from './keymap.ts';
import type { Moment } from './paint/timeline.ts';
import type { ActionCheck } from './palette/intent.ts';
import type { PaneId, Place, Session } from './session.ts';

/** The views of each pane, one per tab. */
export type PaneViews = Readonly<Record<PaneId, readonly BoundView[]>>;

export type LockView = {
  readonly locked: boolean;
  /** `--read-only`: cannot be unlocked. */
  readonly readOnly: boolean;
  readonly until: EpochMs | null;
};

/** An action that was started, here or as the ledger tells. */
export type RunView = {
  readonly id: number;
  /** Who ran it. */
  readonly user: string;
  readonly subject: Ref;
  readonly label: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs | null;
  readonly step: string;
  readonly result:
    | 'running'
    | 'verified'
    | 'failed'
    | 'unverified'
    | 'refused'
    | 'cancelled'
    | 'unknown';
};

/** Logs, as far as they came. */
export type LogView = {
  readonly kind: 'log';
  readonly log: LogSnapshot;
  /** Why nothing can be read at all; null while it is. */
  readonly error: CollectError | null;
};

/** One object of a cluster as text. */
export type DocumentView = {
  readonly kind: 'document';
  readonly lines: readonly ReadLine[];
  readonly error: CollectError | null;
  /** When it was read; null before it was. */
  readonly at: EpochMs | null;
  readonly resourceVersion: string | null;
  readonly isReading: boolean;
};

/** The text that the place shows. */
export type TextView = LogView | DocumentView;

/** Everything that a frame is drawn from. */
export type Model = {
  readonly now: EpochMs;
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  /** The past of a series in equal parts that end now; see the history. */
  readonly past: (ref: Ref, name: string, spanMs: number, count: number, now: EpochMs) => Past;
  /** When the first sample was taken; null before it. */
  readonly since: EpochMs | null;
  /** The number of the thing's newest sample, one more with each; its past says the same while it is, but for time. */
  readonly tick: (ref: Ref) => number;
  /** Changes whenever any series has changed. */
  readonly samples: number;
  readonly session: Session;
  readonly lock: LockView;
  readonly runs: readonly RunView[];
  /** The worst of each lane, whenever it changed, over the last hour. */
  readonly timeline: readonly Moment[];
  readonly views: PaneViews;
  readonly keymap: Keymap;
  /** null where the place is no text. */
  readonly text: TextView | null;
  /** Names of all themes, and of the one that is shown. */
  readonly themes: readonly string[];
  readonly theme: string;
  /** Whether an action can be run on a thing now. */
  readonly check: ActionCheck;
  /** Whether the sources are there: while it starts, or when it could not, nothing is claimed of them. */
  readonly phase: 'starting' | 'open' | 'failed';
  /** A line that says what this is, such as the demo's banner; null for none. */
  readonly banner: string | null;
  /** Why the configuration as it was edited last is not in force; null while it is. */
  readonly configTrouble: string | null;
};

/** Top-level problems; what they explain is beneath them. */
export const roots = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({ cause }) => cause === null);

/** The view that a pane shows. */
export const viewOf = (views: PaneViews, pane: PaneId, tab: number): BoundView | undefined =>
  views[pane][tab] ?? views[pane][0];

/** The view whose rows the overview shows and selects in a pane; of the cluster its nodes, else the first one. */
export const overviewView = (views: PaneViews, pane: PaneId): BoundView | undefined =>
  (pane === 'cluster' ? views[pane].find(({ id }) => id === 'nodes') : undefined) ?? views[pane][0];

/** The view of a pane that is shown as a page of panels; undefined for tables and in other places. */
export function pageView(views: PaneViews, place: Place): BoundView | undefined {
  if (place.kind !== 'pane') return undefined;
  const view = viewOf(views, place.pane, place.tab);
  return view?.isPage === true ? view : undefined;
}

/** Whether a place is a page of panels: what is known of one thing, or a tab that is such a page. */
export const isPage = (views: PaneViews, place: Place): boolean =>
  place.kind === 'detail' || pageView(views, place) !== undefined;

const viewsById = new WeakMap<PaneViews, ReadonlyMap<string, BoundView>>();

/** The view with that id, in whatever pane. */
export function viewById(views: PaneViews, id: string): BoundView | undefined {
  let known = viewsById.get(views);
  if (!known) {
    known = new Map(Object.values(views).flatMap((each) => each.map((view) => [view.id, view])));
    viewsById.set(views, known);
  }
  return known.get(id);
}

/** The views of objects that have no kind of reference of their own, by their kinds. */
const OBJECT_VIEWS: Readonly<Record<string, string>> = {
  Event: 'events',
  BGPPeer: 'network',
  CiliumLoadBalancerIPPool: 'network',
  Gateway: 'network',
  HTTPRoute: 'network',
  Ingress: 'network',
  Service: 'network',
  ValidatingWebhookConfiguration: 'network',
  MutatingWebhookConfiguration: 'network',
  [OUTSIDE_TARGET]: 'network',
  APIService: 'network',
};

/** The view that has rows of that kind, for jumping to a thing. */
export function viewOfRef(views: PaneViews, ref: Ref): BoundView | undefined {
  const kinds: Readonly<Record<string, string>> = {
    host: 'hosts',
    zone: 'zones',
    vm: 'vms',
    vlan: 'vlans',
    node: 'nodes',
    pod: 'pods',
    workload: 'workloads',
    storage: 'storage',
    kubevirt: 'vms',
    component: 'control-plane',
    cluster: 'cluster',
    certificate: 'certificates',
    resource: 'objects',
    link: 'hosts',
    pool: 'hosts',
    source: 'feeds',
    disk: 'hosts',
    dataset: 'hosts',
    fault: 'hosts',
  };
  if (isCheckRef(ref)) return viewById(views, 'doctor');
  const [, kind = ''] = refPath(ref);
  const id = refKind(ref) === 'object' ? OBJECT_VIEWS[kind] : kinds[ref.slice(0, ref.indexOf(':'))];
  return id === undefined ? undefined : viewById(views, id);
}
