import { readEntry } from './collection.ts';
import { controllerUid } from './object.ts';
import type { Pod } from './pod.ts';
import type { Store } from './store.ts';

/** The pods of each controller, kept up to date: asking the whole store for them would be quadratic. */
export type PodIndex = { readonly of: (controllerUid: string) => readonly Pod[] };

export function createPodIndex(store: Store): PodIndex {
  const byController = new Map<string, Map<string, Pod>>();
  const put = (pod: Pod): void => {
    const uid = controllerUid(pod);
    if (uid === undefined) return;
    const pods = byController.get(uid) ?? new Map<string, Pod>();
    byController.set(uid, pods.set(pod.metadata.uid, pod));
  };
  for (const pod of store.list('pods') as readonly Pod[]) put(pod);
  store.subscribe('pods', ({ type, object, previous }) => {
    const pod = readEntry(object) as Pod;
    const before = previous && controllerUid(readEntry(previous));
    if (before !== undefined && (type === 'DELETED' || before !== controllerUid(pod)))
      byController.get(before)?.delete(pod.metadata.uid);
    if (type !== 'DELETED') put(pod);
  });
  return { of: (uid) => [...(byController.get(uid)?.values() ?? [])] };
}
