import { lastKnown } from '../domain/feed.ts';
import type { ClusterInventory } from '../domain/inventory.ts';
import type { Pod } from '../domain/kube.ts';
import { podRef, nodeRef, storageRef, kubevirtRef } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import {
  isReplicaLost,
  longhornOf,
  mayastorOf,
  podsOfClaim,
  replicasOf,
  STORAGE_KINDS,
  volumeOfClaim,
} from '../domain/storage.ts';
import type { LonghornVolume, StorageKind } from '../domain/storage.ts';

/** What one thing of a cluster needs of another; `part`: it is made of several like it. */
type Need = { readonly to: Ref; readonly strength: 'hard' | 'part' };

const hard = (to: Ref): Need => ({ to, strength: 'hard' });
const part = (to: Ref): Need => ({ to, strength: 'part' });

const isStorageKind = (kind: string): kind is StorageKind => Object.hasOwn(STORAGE_KINDS, kind);

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
  namespace === '' ? name : `${namespace}/${name}`;

/**
 * What stored data needs: a claim its volume, this the one of Longhorn behind it, this the nodes that its lost replicas
 * are on, and the disks there.
 */
export function storageNeeds(
  cluster: ClusterInventory,
  kind: string,
  key: string,
): readonly Need[] {
  const { name } = cluster;
  switch (isStorageKind(kind) ? kind : null) {
    case 'PersistentVolumeClaim': {
      const volume = lastKnown(cluster.feeds.claims)?.value.byKey.get(key)?.volume;
      return volume ? [hard(storageRef(name, 'PersistentVolume', volume))] : [];
    }
    case 'PersistentVolume': {
      const volume = lastKnown(cluster.feeds.persistentVolumes)?.value.byKey.get(key);
      const longhorn = volume && longhornOf(cluster, volume);
      if (longhorn) return [hard(storageRef(name, 'LonghornVolume', keyOf(longhorn)))];
      return volume && mayastorOf(cluster, volume)
        ? [...(lastKnown(cluster.feeds.diskPools)?.value.byKey.keys() ?? [])].map((pool) =>
            part(storageRef(name, 'DiskPool', pool)),
          )
        : [];
    }
    case 'LonghornVolume': {
      const volume = lastKnown(cluster.feeds.longhornVolumes)?.value.byKey.get(key);
      return volume ? longhornNeeds(cluster, volume) : [];
    }
    case 'LonghornNode':
      return lastKnown(cluster.feeds.nodes)?.value.byKey.has(nameOf(key))
        ? [hard(nodeRef(name, nameOf(key)))]
        : [];
    case 'DiskPool': {
      const node = lastKnown(cluster.feeds.diskPools)?.value.byKey.get(key)?.node;
      return node ? [hard(nodeRef(name, node))] : [];
    }
    case 'LonghornBackup': {
      const [namespace = ''] = key.split('/');
      const volume = lastKnown(cluster.feeds.longhornBackups)?.value.byKey.get(key)?.volume;
      return volume ? [hard(storageRef(name, 'LonghornVolume', `${namespace}/${volume}`))] : [];
    }
    case 'CephCluster':
    case null:
      return [];
  }
}

const nameOf = (key: string): string => key.slice(key.indexOf('/') + 1);

const longhornNeeds = (cluster: ClusterInventory, volume: LonghornVolume): readonly Need[] =>
  replicasOf(cluster, volume)
    .filter((replica) => replica.node !== null && isReplicaLost(cluster, replica))
    .flatMap(({ node, namespace }) => [
      hard(nodeRef(cluster.name, node ?? '')),
      part(storageRef(cluster.name, 'LonghornNode', `${namespace}/${node ?? ''}`)),
    ]);

/** The claims that a pod mounts. */
export const claimsOfPod = (cluster: string, pod: Pod): readonly Ref[] =>
  pod.claims.map((claim) =>
    storageRef(cluster, 'PersistentVolumeClaim', `${pod.namespace}/${claim}`),
  );

/** What a virtual machine of KubeVirt needs: the node that it is on, and its disks. */
export function kubevirtNeeds(cluster: ClusterInventory, key: string): readonly Need[] {
  const { feeds, name } = cluster;
  const instance = lastKnown(feeds.virtualMachineInstances)?.value.byKey.get(key);
  const machine = lastKnown(feeds.virtualMachines)?.value.byKey.get(key);
  const [namespace = ''] = key.split('/');
  return [
    ...(instance?.node ? [hard(nodeRef(name, instance.node))] : []),
    ...(instance ?? machine ?? { claims: [] }).claims.map((claim) =>
      hard(storageRef(name, 'PersistentVolumeClaim', `${namespace}/${claim}`)),
    ),
  ];
}

type Found = readonly [ref: Ref, why: string];

/** What stored data has to do with, one step away, in words. */
export function relatedStorage(
  cluster: ClusterInventory,
  kind: string,
  key: string,
): readonly Found[] {
  const { name } = cluster;
  const claimOf = (claim: string | null | undefined): readonly Found[] =>
    claim ? [[storageRef(name, 'PersistentVolumeClaim', claim), 'claimed by it']] : [];
  const needs = storageNeeds(cluster, kind, key).map(({ to }): Found => [to, 'it needs it']);
  const podsOn = (claim: string | null | undefined): readonly Found[] =>
    (claim ? (podsOfClaim(cluster, claim) ?? []) : []).flatMap((pod): readonly Found[] => [
      [podRef(name, pod.namespace, pod.name), `mounts it, ${pod.status}`],
      ...(pod.node === null ? [] : [[nodeRef(name, pod.node), 'it is mounted there'] as const]),
    ]);
  switch (isStorageKind(kind) ? kind : null) {
    case 'PersistentVolumeClaim': {
      const claim = lastKnown(cluster.feeds.claims)?.value.byKey.get(key);
      const volume = claim && volumeOfClaim(cluster, claim);
      const longhorn = volume && longhornOf(cluster, volume);
      return [
        ...podsOn(key),
        ...needs,
        ...(longhorn
          ? [[storageRef(name, 'LonghornVolume', keyOf(longhorn)), 'it is stored in it'] as const]
          : []),
      ];
    }
    case 'PersistentVolume': {
      const volume = lastKnown(cluster.feeds.persistentVolumes)?.value.byKey.get(key);
      return [...claimOf(volume?.claim), ...needs, ...podsOn(volume?.claim)];
    }
    case 'LonghornVolume': {
      const volume = lastKnown(cluster.feeds.longhornVolumes)?.value.byKey.get(key);
      return [
        ...claimOf(volume?.claim),
        ...(volume?.persistentVolume
          ? [[storageRef(name, 'PersistentVolume', volume.persistentVolume), 'its volume'] as const]
          : []),
        ...(volume?.node ? [[nodeRef(name, volume.node), 'attached there'] as const] : []),
        ...(volume
          ? replicasOf(cluster, volume).flatMap((replica): readonly Found[] =>
              replica.node === null
                ? []
                : [
                    [
                      nodeRef(name, replica.node),
                      `has a replica${isReplicaLost(cluster, replica) ? ' that does not serve' : ''}`,
                    ],
                  ],
            )
          : []),
        ...podsOn(volume?.claim),
      ];
    }
    case 'LonghornNode':
    case 'DiskPool':
    case 'LonghornBackup':
    case 'CephCluster':
    case null:
      return needs;
  }
}

/** The pods and claims of a virtual machine, and where it is and goes to. */
export const relatedMachine = (cluster: ClusterInventory, key: string): readonly Found[] => {
  const [namespace = '', vm = ''] = key.split('/');
  const pods = lastKnown(cluster.feeds.pods)?.value.byKey.values() ?? [];
  return [
    ...kubevirtNeeds(cluster, key).map(({ to }): Found => [
      to,
      to.startsWith('node:') ? 'it runs there' : 'its disk',
    ]),
    ...[...pods]
      .filter((pod) => pod.namespace === namespace && pod.owner === `VirtualMachineInstance/${vm}`)
      .map((pod): Found => [
        podRef(cluster.name, pod.namespace, pod.name),
        `it runs in it, ${pod.status}`,
      ]),
  ];
};

/** What of the cluster's storage and machines a pod has to do with. */
export const relatedToPod = (cluster: string, pod: Pod): readonly Found[] => {
  const [kind, vm = ''] = pod.owner?.split('/') ?? [];
  return [
    ...(kind === 'VirtualMachineInstance'
      ? [[kubevirtRef(cluster, pod.namespace, vm), 'runs in it'] as const]
      : []),
    ...claimsOfPod(cluster, pod).map((ref): Found => [ref, 'it mounts it']),
  ];
};

/** What of the cluster's storage and machines is on a node. */
export function relatedToNode(cluster: ClusterInventory, node: string): readonly Found[] {
  const { feeds, name } = cluster;
  const machines = [...(lastKnown(feeds.virtualMachineInstances)?.value.byKey.values() ?? [])];
  const nodes = [...(lastKnown(feeds.longhornNodes)?.value.byKey.values() ?? [])];
  const pools = [...(lastKnown(feeds.diskPools)?.value.byKey.values() ?? [])];
  return [
    ...machines
      .filter((machine) => machine.node === node)
      .map((machine): Found => [
        kubevirtRef(name, machine.namespace, machine.name),
        `on it, ${machine.phase ?? 'unknown'}`,
      ]),
    ...nodes
      .filter((each) => each.name === node)
      .map((each): Found => [storageRef(name, 'LonghornNode', keyOf(each)), 'its disks']),
    ...pools
      .filter((pool) => pool.node === node)
      .map((pool): Found => [
        storageRef(name, 'DiskPool', keyOf(pool)),
        `on it, ${pool.status ?? 'unknown'}`,
      ]),
  ];
}
