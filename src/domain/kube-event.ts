import { createFold } from './fold.ts';
import type { KubeTable } from './kube.ts';
import { kubevirtRef, nodeRef, objectRef, podRef, storageRef, workloadRef } from './ref.ts';
import type { Ref } from './ref.ts';
import type { EpochMs } from './time.ts';
import { WORKLOAD_KINDS } from './workload.ts';

/** An event of a cluster, only what is shown. */
export type KubeEvent = {
  readonly namespace: string;
  readonly name: string;
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly object: EventObject;
  /** The component that tells it. */
  readonly component: string | null;
  readonly count: number;
  readonly firstAt: EpochMs | null;
  readonly lastAt: EpochMs | null;
};

/** What an event is about. */
export type EventObject = {
  readonly kind: string;
  /** null of what lies in no namespace. */
  readonly namespace: string | null;
  readonly name: string;
};

/** The same thing told of the same object for the same reason, however many events the API keeps of it. */
export type EventGroup = {
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  /** That of the newest. */
  readonly message: string;
  readonly object: EventObject;
  readonly component: string | null;
  /** How often, all of them together. */
  readonly count: number;
  readonly firstAt: EpochMs | null;
  readonly lastAt: EpochMs | null;
};

const objectKey = ({ kind, namespace, name }: EventObject): string =>
  `${kind}/${namespace ?? ''}/${name}`;
const groupKey = ({ object, reason }: KubeEvent): string => `${objectKey(object)}/${reason}`;

/** The events of each group by their keys, kept from revision to revision. */
const membersOf = createFold<KubeEvent, Map<string, Map<string, KubeEvent>>>({
  empty: () => new Map(),
  change: (groups, key, before, after) => {
    const from = before && groupKey(before);
    const to = after && groupKey(after);
    if (from !== undefined && from !== to) {
      const left = groups.get(from);
      left?.delete(key);
      if (left?.size === 0) groups.delete(from);
    }
    if (!after || to === undefined) return;
    const own = groups.get(to);
    if (own) own.set(key, after);
    else groups.set(to, new Map([[key, after]]));
  },
});

const made = new WeakMap<KubeTable<KubeEvent>, readonly EventGroup[]>();

/** Warnings first, then the newest; what bears no time comes last. */
export function eventGroups(table: KubeTable<KubeEvent>): readonly EventGroup[] {
  let groups = made.get(table);
  if (!groups) {
    groups = [...membersOf(table)]
      .map(([key, members]) => toGroup(key, [...members.values()]))
      .toSorted(
        (a, b) =>
          Number(b.type === 'Warning') - Number(a.type === 'Warning') ||
          (b.lastAt ?? 0) - (a.lastAt ?? 0) ||
          (a.key < b.key ? -1 : 1),
      );
    made.set(table, groups);
  }
  return groups;
}

function toGroup(key: string, members: readonly KubeEvent[]): EventGroup {
  const newest = members.reduce((a, b) => ((b.lastAt ?? 0) > (a.lastAt ?? 0) ? b : a));
  const firsts = members.flatMap(({ firstAt }) => firstAt ?? []);
  return {
    key,
    type: members.some(({ type }) => type === 'Warning') ? 'Warning' : newest.type,
    reason: newest.reason,
    message: newest.message,
    object: newest.object,
    component: newest.component,
    count: members.reduce((sum, each) => sum + each.count, 0),
    firstAt: firsts.length === 0 ? null : Math.min(...firsts),
    lastAt: newest.lastAt,
  };
}

/** The groups of one object, warnings and the newest first. */
export const eventsAbout = (
  table: KubeTable<KubeEvent>,
  object: EventObject,
): readonly EventGroup[] => {
  const wanted = objectKey(object);
  return eventGroups(table).filter((group) => objectKey(group.object) === wanted);
};

/** Kinds of what stores data, by the kinds that events name. */
const STORED: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'PersistentVolumeClaim',
  Volume: 'LonghornVolume',
};

/** The thing that an event is about. */
export function eventSubject(cluster: string, { kind, namespace, name }: EventObject): Ref {
  if (kind === 'Node') return nodeRef(cluster, name);
  if (kind === 'PersistentVolume') return storageRef(cluster, kind, name);
  if (namespace === null) return objectRef(cluster, kind, null, name);
  if (kind === 'Pod') return podRef(cluster, namespace, name);
  if (kind === 'VirtualMachine' || kind === 'VirtualMachineInstance')
    return kubevirtRef(cluster, namespace, name);
  const stored = STORED[kind];
  if (stored !== undefined) return storageRef(cluster, stored, `${namespace}/${name}`);
  return WORKLOAD_KINDS.some((workload) => workload === kind)
    ? workloadRef(cluster, kind, namespace, name)
    : objectRef(cluster, kind, namespace, name);
}
