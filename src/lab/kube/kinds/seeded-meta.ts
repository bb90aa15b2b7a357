import { DAY_SECONDS, type ClusterModel } from '../model.ts';
import type { Draft } from '../object.ts';

/** The metadata of an object that was made so many days before the lab started. */
export const seededMeta = (
  model: ClusterModel,
  kind: string,
  name: string,
  ageDays: number,
  namespace?: string,
): Draft['metadata'] => ({
  name,
  ...(namespace !== undefined && { namespace }),
  uid: model.uid(kind, namespace, name),
  creationTimestamp: model.ago(ageDays * DAY_SECONDS),
});

/** A condition of the form that newer APIs share (`metav1.Condition`). */
export const seededCondition = (
  model: ClusterModel,
  ageDays: number,
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): object => ({
  type,
  status,
  observedGeneration: 1,
  lastTransitionTime: model.ago(ageDays * DAY_SECONDS),
  reason,
  message,
});
