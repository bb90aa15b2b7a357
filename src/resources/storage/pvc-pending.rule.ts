import { lastKnown } from '../../domain/feed.ts';
import type { ClusterInventory } from '../../domain/inventory.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';
import { storageRef } from '../../domain/ref.ts';
import { podsOfClaim } from '../../domain/storage.ts';
import type { Claim, StorageClass } from '../../domain/storage.ts';

/** A claim that gets no volume, or has lost its own. One that waits for its first pod by its class is no alarm. */
export const pvcPending: ClusterRule<'claims'> = {
  id: 'pvc.pending',
  scope: 'cluster',
  severity: 'warning',
  // A driver may take that long to make a volume.
  holdSeconds: 60,
  needs: ['claims'],
  check: ({ claims }, cluster) =>
    [...claims.byKey].flatMap(([key, claim]): readonly Finding[] => {
      const subject = storageRef(cluster.name, 'PersistentVolumeClaim', key);
      if (claim.phase === 'Lost')
        return [
          {
            subject,
            severity: 'critical',
            title: `lost: its volume ${claim.volume ?? ''} is gone`,
            evidence: evidenceOf(claim, cluster),
            hint: 'restore the volume from a backup and claim it anew: a lost claim is never bound again',
          },
        ];
      if (claim.phase !== 'Pending') return [];
      const wanted = classOf(claim, cluster);
      const users = podsOfClaim(cluster, key)?.length ?? null;
      if (isWaiting(claim, wanted, users)) return [];
      return [
        {
          subject,
          title: titleOf(claim, wanted),
          ...(claim.createdAt === null ? {} : { began: claim.createdAt }),
          evidence: evidenceOf(claim, cluster),
          hint:
            wanted === 'none'
              ? `name a class that there is: kubectl get storageclass`
              : `see why no volume is made: kubectl -n ${claim.namespace} describe pvc ${claim.name}`,
        },
      ];
    }),
};

/** The class of a claim: `none` when there is no such class, null when classes are not known. */
function classOf(claim: Claim, { feeds }: ClusterInventory): StorageClass | 'none' | null {
  const classes = lastKnown(feeds.storageClasses)?.value.byKey;
  if (!classes) return null;
  return claim.storageClass === null ? 'none' : (classes.get(claim.storageClass) ?? 'none');
}

/** Whether it may well be that nothing is to be done for it yet. */
function isWaiting(
  claim: Claim,
  wanted: StorageClass | 'none' | null,
  users: number | null,
): boolean {
  if (wanted === 'none' || claim.selectedNode !== null) return false;
  // Without its class nobody knows whether it is to wait; a pod that wants it says that it is not.
  return (wanted === null || wanted.waitsForConsumer) && (users === null || users === 0);
}

function titleOf({ storageClass }: Claim, wanted: StorageClass | 'none' | null): string {
  if (wanted !== 'none') return `pending: no volume of class ${storageClass ?? 'unknown'} is made`;
  return storageClass === null
    ? 'pending: it names no class, and there is no default one'
    : `pending: there is no class ${storageClass}`;
}

const evidenceOf = (claim: Claim, cluster: ClusterInventory) => ({
  phase: claim.phase,
  storageClass: claim.storageClass,
  requestedBytes: claim.requestedBytes,
  selectedNode: claim.selectedNode,
  pods: podsOfClaim(cluster, `${claim.namespace}/${claim.name}`)?.length ?? null,
  from: 'GET /api/v1/persistentvolumeclaims',
});
