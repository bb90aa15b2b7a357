import { record } from './admission.ts';
import { invalid } from './api-error.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import type { Writer } from './managed-fields.ts';
import type { JsonObject, KubeObject } from './object.ts';
import { checkPreconditions, current, isDryRun } from './write.ts';

/** The `autoscaling/v1` Scale of a workload. */
export function scaleOf(workload: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  const labels = record(record(record(workload['spec'])['selector'])['matchLabels']);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas: record(workload['spec'])['replicas'] ?? 0 },
    status: {
      replicas: record(workload['status'])['replicas'] ?? 0,
      selector: Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(','),
    },
  };
}

/** PUT or PATCH of a Scale: sets `spec.replicas` of its workload. */
export function setScale(
  context: ServerContext,
  request: ResourceRequest,
  change: (scale: KubeObject) => JsonObject,
  writer: Writer,
): KubeObject {
  const workload = current(context, request);
  const next = change(scaleOf(workload));
  const { uid, resourceVersion } = record(next['metadata']);
  checkPreconditions(request.kind, workload, { uid, resourceVersion });
  const { replicas } = record(next['spec']);
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, workload.metadata.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'spec.replicas',
        message: `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
      },
    ]);
  }
  const scaled: KubeObject = { ...workload, spec: { ...record(workload['spec']), replicas } };
  return scaleOf(
    isDryRun(request.query) ? scaled : context.store.update(request.resource, scaled, writer),
  );
}
