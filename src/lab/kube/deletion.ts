import { record } from './admission.ts';
import { badRequest, tooManyRequests, type Status } from './api-error.ts';
import { readEntry } from './collection.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import type { Kind } from './kinds/kind.ts';
import { selectorOf } from './list.ts';
import type { JsonObject, KubeObject } from './object.ts';
import { shown } from './representation.ts';
import { rfc3339 } from './time.ts';
import { checkPreconditions, current, isDryRun, storedKinds } from './write.ts';

/** `metav1.DeleteOptions`, from the body and the query. */
type DeleteOptions = {
  readonly graceSeconds: number | undefined;
  readonly uid: unknown;
  readonly resourceVersion: unknown;
  readonly orphan: boolean;
};

function optionsOf(query: URLSearchParams, body: JsonObject): DeleteOptions {
  const grace = query.get('gracePeriodSeconds') ?? body['gracePeriodSeconds'];
  const graceSeconds = grace === null || grace === undefined ? undefined : Number(grace);
  if (graceSeconds !== undefined && !Number.isInteger(graceSeconds))
    throw badRequest(`gracePeriodSeconds is no whole number: ${String(grace)}`);
  const { uid, resourceVersion } = record(body['preconditions']);
  return {
    graceSeconds,
    uid,
    resourceVersion,
    orphan: (query.get('propagationPolicy') ?? body['propagationPolicy']) === 'Orphan',
  };
}

/** DELETE of one object: the object when it goes later, a Status when it is gone. */
export function remove(
  context: ServerContext,
  request: ResourceRequest,
  body: JsonObject,
): KubeObject | Status {
  const object = current(context, request);
  const options = optionsOf(request.query, body);
  checkPreconditions(request.kind, object, options);
  const left = isDryRun(request.query)
    ? undefined
    : removeObject(context, request, object, options);
  return left ? shown(request.kind, left) : success(request.kind, object);
}

function success({ group, plural }: Kind, { metadata: { name, uid } }: KubeObject): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group && { group }), kind: plural, uid },
  };
}

/** DELETE of a collection: the list of what was deleted. */
export function removeAll(
  context: ServerContext,
  request: ResourceRequest,
  body: JsonObject,
): readonly KubeObject[] {
  const page = context.store.page(request.resource, {
    namespace: request.path.namespace,
    selects: selectorOf(request),
  });
  const options = optionsOf(request.query, body);
  const objects = (page?.entries ?? []).map(({ entry }) => readEntry(entry));
  if (!isDryRun(request.query))
    for (const object of objects) removeObject(context, request, object, options);
  return objects;
}

/** Deletes, or marks as to be deleted; returns the marked object. */
function removeObject(
  context: ServerContext,
  { kind, resource }: ResourceRequest,
  object: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  const { store, clock } = context;
  const { namespace, name, finalizers = [], deletionTimestamp } = object.metadata;
  if (options.orphan) orphan(context, object);
  const grace = graceOf(kind, object, options);
  if (grace === 0 && finalizers.length === 0 && !kind.terminating) {
    store.remove(resource, namespace, name);
    return undefined;
  }
  // A second delete can shorten the grace, never lengthen it.
  if (deletionTimestamp !== undefined && grace >= (object.metadata.deletionGracePeriodSeconds ?? 0))
    return object;
  return store.modify(resource, namespace, name, (now) => {
    const marked: KubeObject = {
      ...now,
      metadata: {
        ...now.metadata,
        deletionTimestamp: rfc3339(clock() + grace * 1000),
        deletionGracePeriodSeconds: grace,
      },
    };
    return kind.terminating ? kind.terminating(marked) : marked;
  });
}

/** Only a pod that a kubelet runs is given time to end. */
function graceOf(kind: Kind, object: KubeObject, { graceSeconds }: DeleteOptions): number {
  if (!kind.graceSeconds) return 0;
  const { nodeName } = record(object['spec']);
  const { phase } = record(object['status']);
  if (!nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  return graceSeconds ?? kind.graceSeconds(object);
}

/** Takes the owner out of its dependents, so that they stay. */
function orphan({ store }: ServerContext, owner: KubeObject): void {
  const { namespace, uid } = owner.metadata;
  for (const { kind, resource } of storedKinds(store)) {
    if (!kind.namespaced) continue;
    for (const { metadata } of store.list(resource, namespace)) {
      if (!metadata.ownerReferences?.some((reference) => reference.uid === uid)) continue;
      store.modify(resource, metadata.namespace, metadata.name, (object) => ({
        ...object,
        metadata: {
          ...object.metadata,
          ownerReferences: (object.metadata.ownerReferences ?? []).filter(
            (reference) => reference.uid !== uid,
          ),
        },
      }));
    }
  }
}

/** POST to `pods/eviction`. @throws {ApiError} 429 while a disruption budget forbids it. */
export function evict(context: ServerContext, request: ResourceRequest, body: JsonObject): Status {
  const pod = current(context, request);
  const { namespace, name } = pod.metadata;
  const blocked = [...context.faults.blockedEvictions].find(
    (rule) => rule.namespace === namespace && name.startsWith(rule.podPrefix),
  );
  if (blocked) {
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10, [
      {
        reason: 'DisruptionBudget',
        message: `The disruption budget ${blocked.budget} needs 1 healthy pods and has 1 currently`,
      },
    ]);
  }
  const options = optionsOf(new URLSearchParams(), record(body['deleteOptions']));
  checkPreconditions(request.kind, pod, options);
  const dry = isDryRun(request.query) || record(body['deleteOptions'])['dryRun'] !== undefined;
  if (!dry) removeObject(context, request, pod, options);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
