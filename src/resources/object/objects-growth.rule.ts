import { count } from '../../domain/format.ts';
import { sharesText } from '../../domain/objects.ts';
import type { ObjectCount, ObjectSample } from '../../domain/objects.ts';
import type { ClusterRule, Finding, Severity } from '../../domain/problem.ts';
import { resourceRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** So many more each minute, if that is also a tenth more in five minutes, is no rollout but something that runs away. */
const FAST_PER_MINUTE = 500;
const FAST_SHARE = 0.1;
const SHARE_MINUTES = 5;
/** Of a sample. */
const NEARLY_ALL = 0.8;

/** Objects of one resource that multiply, or are too many: they fill etcd and the memory of the API servers. */
export const objectsGrowth: ClusterRule<'objects'> = {
  id: 'objects.growth',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['objects.growth'],
  needs: ['objects'],
  check: ({ objects }, cluster, _now, { limits, raised }) =>
    [...objects.byKey.values()].flatMap((one) => {
      const subject = resourceRef(cluster.name, one.name);
      if (one.count === null) return [];
      const level = levelOf(one.count, 'above', limits, raised(subject));
      const severity: Severity | null = level ?? (isFast(one) ? 'warning' : null);
      if (severity === null) return [];
      return [
        {
          subject,
          severity,
          title: titleOf(one),
          evidence: {
            count: one.count,
            perMinute: one.perMinute,
            limit: severity === 'critical' ? limits.critical : limits.warning,
            limitPerMinute: FAST_PER_MINUTE,
            ...sampleEvidence(one.sample),
            from: one.request,
          },
          hint: hintOf(one),
        },
      ];
    }),
};

function isFast({ count, perMinute }: ObjectCount): boolean {
  if (count === null || perMinute === null || perMinute < FAST_PER_MINUTE) return false;
  return perMinute * SHARE_MINUTES > count * FAST_SHARE;
}

function titleOf({ count: amount, perMinute, sample }: ObjectCount): string {
  const maker = makerOf(sample);
  const objects = `${count(amount)} objects${maker === undefined ? '' : ` by ${maker}`}`;
  if (perMinute === null || perMinute === 0) return objects;
  return `${objects}, ${Math.abs(perMinute)} ${perMinute > 0 ? 'more' : 'less'} each minute`;
}

/** Who makes what others own: these tell more. */
const GO_BETWEENS: ReadonlySet<string> = new Set(['kube-controller-manager', 'kubelet']);

/** Who wrote nearly all that were looked at, for itself. */
function makerOf(sample: ObjectSample | null): string | undefined {
  const [first] = sample?.managers ?? [];
  if (!sample || !first || first.count < sample.size * NEARLY_ALL) return undefined;
  return GO_BETWEENS.has(first.name) ? undefined : first.name;
}

const sampleEvidence = (sample: ObjectSample | null): Finding['evidence'] =>
  sample === null
    ? {}
    : {
        sampleOf: `${sample.isNewest ? 'newest' : 'first by name'} ${sample.size}`,
        writtenBy: sharesText(sample.managers) || null,
        ownedBy: sharesText(sample.owners) || null,
        inNamespaces: sharesText(sample.namespaces) || null,
      };

function hintOf({ resource, sample }: ObjectCount): string {
  const maker = makerOf(sample);
  return maker === undefined
    ? `find the controller that makes ${resource} and stop it before they are deleted: the newest ones name it in ownerReferences and managedFields`
    : `stop ${maker}, which makes ${resource}, before they are deleted: scale it to 0, or give its DaemonSet a node selector that fits no node; then see its log`;
}
