import type { Inventory } from '../domain/inventory.ts';
import type { Problem } from '../domain/problem.ts';
import type { Ref } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { BoundView } from '../domain/view.ts';
import type { Keymap } from './keymap.ts';
import type { Moment } from './paint/timeline.ts';
import type { ActionCheck } from './palette/intent.ts';
import type { PaneId, Session } from './session.ts';

/** The views of each pane, one per tab. */
export type PaneViews = Readonly<Record<PaneId, readonly BoundView[]>>;

export type LockView = {
  readonly locked: boolean;
  /** `--read-only`: cannot be unlocked. */
  readonly readOnly: boolean;
  readonly until: EpochMs | null;
};

/** An action that was started, for the strip of things in flight. */
export type RunView = {
  readonly id: number;
  readonly subject: Ref;
  readonly label: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs | null;
  readonly step: string;
  readonly result: 'running' | 'verified' | 'failed' | 'unverified' | 'refused' | 'unknown';
};

/** Everything that a frame is drawn from. */
export type Model = {
  readonly now: EpochMs;
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
  readonly series: (ref: Ref, name: string, points: number) => ArrayLike<number>;
  /** The number of the thing's newest sample, one more with each; its series are the same while it is. */
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
  /** Names of all themes, and of the one that is shown. */
  readonly themes: readonly string[];
  readonly theme: string;
  /** Whether an action can be run on a thing now. */
  readonly check: ActionCheck;
  /** Whether the sources are there: while it starts, or when it could not, nothing is claimed of them. */
  readonly phase: 'starting' | 'open' | 'failed';
  /** A line that says what this is, such as the demo's banner; null for none. */
  readonly banner: string | null;
};

/** Top-level problems; what they explain is beneath them. */
export const roots = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({ cause }) => cause === null);

/** The view that a pane shows. */
export const viewOf = (views: PaneViews, pane: PaneId, tab: number): BoundView | undefined =>
  views[pane][tab] ?? views[pane][0];

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

/** The view that has rows of that kind, for jumping to a thing. */
export function viewOfRef(views: PaneViews, ref: Ref): BoundView | undefined {
  const kinds: Readonly<Record<string, string>> = {
    host: 'hosts',
    zone: 'zones',
    vm: 'vms',
    vlan: 'vlans',
    node: 'nodes',
    pod: 'pods',
    link: 'hosts',
    pool: 'hosts',
    source: 'feeds',
  };
  const id = kinds[ref.slice(0, ref.indexOf(':'))];
  return id === undefined ? undefined : viewById(views, id);
}
