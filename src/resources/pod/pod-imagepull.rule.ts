import type { Pod } from '../../domain/kube.ts';
import type { ObjectRule } from '../../domain/problem.ts';
import { podRef } from '../../domain/ref.ts';

/** Reasons of a waiting container: pkg/kubelet/images/types.go of Kubernetes. */
const REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/** Whether a container of it, or one that prepares it, waits for an image that does not come. */
export const waitsForImage = ({ status }: Pick<Pod, 'status'>): boolean =>
  REASONS.has(status.replace(/^Init:/, ''));

/** A pod whose image cannot be fetched. */
export const podImagepull: ObjectRule<'pods'> = {
  id: 'pod.imagepull',
  scope: 'object',
  severity: 'warning',
  // A registry that fails once is asked again within seconds.
  holdSeconds: 30,
  feed: 'pods',
  check: (pod, cluster) => {
    if (!waitsForImage(pod) || pod.deletionAt !== null) return null;
    return {
      finding: {
        subject: podRef(cluster, pod.namespace, pod.name),
        title: `its image does not come: ${pod.status}`,
        evidence: {
          status: pod.status,
          reason: pod.reason,
          node: pod.node,
          owner: pod.owner,
          from: 'GET /api/v1/pods',
        },
        hint: `see whether the name and the registry's secret are right: kubectl -n ${pod.namespace} describe pod ${pod.name}`,
      },
    };
  },
};
