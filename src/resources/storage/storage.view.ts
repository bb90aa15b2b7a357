import {
  ageColumn,
  clusterColumn,
  createdColumn,
  nameColumn,
  namespaceColumn,
} from '../../domain/columns.ts';
import { lastKnown } from '../../domain/feed.ts';
import { bytes, percent, UNKNOWN } from '../../domain/format.ts';
import type { ClusterInventory, Inventory } from '../../domain/inventory.ts';
import { clusterFresh } from '../../domain/joined.ts';
import type { KubeTable } from '../../domain/kube.ts';
import { nodeRef, podRef, storageRef } from '../../domain/ref.ts';
import type { StorageRef } from '../../domain/ref.ts';
import {
  backupsOf,
  enginesOf,
  longhornOf,
  mayastorOf,
  podsOfClaim,
  isReplicaLost,
  replicaHealth,
  replicasOf,
  STORAGE_KINDS,
  storageWord,
  usedPercent,
  volumeOfClaim,
} from '../../domain/storage.ts';
import type {
  CephCluster,
  Claim,
  DiskPool,
  LonghornBackup,
  LonghornNode,
  LonghornVolume,
  PersistentVolume,
  StorageKind,
  StorageMeta,
} from '../../domain/storage.ts';
import type { EpochMs } from '../../domain/time.ts';
import { allRows, rowSource } from '../../domain/view.ts';
import type { DetailBlock, DetailLine, RowSource, Tone, View } from '../../domain/view.ts';
import { agoText, CELLS, modesText, usedText } from './storage-rows.ts';
import type { ObjectOfKind, StorageCells } from './storage-rows.ts';

type StorageRow = StorageMeta &
  StorageCells & {
    readonly ref: StorageRef;
    readonly kind: StorageKind;
    readonly cluster: string;
    readonly object: ObjectOfKind[StorageKind];
    readonly at: EpochMs;
    readonly fresh: boolean;
  };

const KINDS = Object.keys(STORAGE_KINDS) as readonly StorageKind[];
/** Whose rows tell something of other tables too. */
const LOOKS_AT: Readonly<Partial<Record<StorageKind, 'longhornEngines' | 'longhornVolumes'>>> = {
  LonghornVolume: 'longhornEngines',
  LonghornBackup: 'longhornVolumes',
};

const sources = ({ clusters }: Inventory, now: EpochMs): readonly RowSource<StorageRow>[] =>
  clusters.flatMap((cluster) =>
    KINDS.flatMap((kind) => {
      const { feed } = STORAGE_KINDS[kind];
      const last = lastKnown<KubeTable<ObjectOfKind[StorageKind]>>(cluster.feeds[feed]);
      if (!last) return [];
      const isFresh = clusterFresh(cluster, feed, now);
      const other = LOOKS_AT[kind];
      return rowSource<ObjectOfKind[StorageKind], StorageRow>({
        part: cluster.name,
        table: last.value,
        prefix: `storage:${cluster.name}/${kind}/`,
        depends: [isFresh, other && lastKnown<unknown>(cluster.feeds[other])?.value],
        row: (object) => ({
          ...object,
          ...cellsOf(kind, object, cluster),
          ref: storageRef(
            cluster.name,
            kind,
            object.namespace === '' ? object.name : `${object.namespace}/${object.name}`,
          ),
          kind,
          cluster: cluster.name,
          object,
          // A backup is as old as what it holds.
          createdAt: 'backupAt' in object ? object.backupAt : object.createdAt,
          at: last.at,
          fresh: isFresh,
        }),
      });
    }),
  );

/** Each kind reads its own objects only. */
const cellsOf = (
  kind: StorageKind,
  object: ObjectOfKind[StorageKind],
  cluster: ClusterInventory,
): StorageCells =>
  (CELLS[kind] as (of: typeof object, cluster: ClusterInventory) => StorageCells)(object, cluster);

const toneOf = (row: StorageRow): Tone => {
  if (!row.fresh || row.sign === 'unknown') return 'unknown';
  if (row.sign === 'ok' || row.sign === 'off') return 'muted';
  return row.sign === 'down' ? 'bad' : 'warn';
};

/** Cluster pane, tab storage: claims, volumes, what they are stored in, and their backups, in one list. */
export const storageView: View<StorageRow> = {
  id: 'storage',
  title: 'Storage',
  feeds: Object.values(STORAGE_KINDS).map(({ feed }) => feed),
  rows: (inventory, now) => allRows(sources(inventory, now)),
  sources,
  parts: ({ clusters }) => clusters,
  key: ({ ref }) => ref,
  sign: ({ sign, fresh }) => (fresh ? sign : 'unknown'),
  at: ({ at }) => at,
  stale: ({ fresh }) => !fresh,
  columns: [
    { id: 'kind', title: 'KIND', width: 15, priority: 1, text: ({ kind }) => storageWord(kind) },
    namespaceColumn(4),
    nameColumn(24),
    {
      id: 'state',
      title: 'STATE',
      width: 9,
      priority: 0,
      text: ({ state, fresh }) => (fresh ? state : 'unknown'),
      tone: toneOf,
    },
    {
      id: 'robustness',
      title: 'ROBUSTNESS',
      width: 13,
      priority: 1,
      text: ({ health, fresh }) => (fresh ? health : ''),
      tone: toneOf,
    },
    {
      id: 'detail',
      title: 'DETAIL',
      width: 'grow',
      least: 20,
      most: 44,
      priority: 3,
      text: ({ detail }) => detail,
    },
    {
      id: 'size',
      title: 'SIZE',
      width: 5,
      align: 'right',
      priority: 2,
      text: ({ sizeBytes }) => bytes(sizeBytes),
      value: ({ sizeBytes }) => sizeBytes,
    },
    {
      id: 'used',
      title: 'USED',
      width: 5,
      align: 'right',
      priority: 4,
      text: ({ usedBytes, kind }) =>
        usedBytes === null && !hasUsage(kind) ? '' : bytes(usedBytes),
      value: ({ usedBytes }) => usedBytes,
    },
    {
      id: 'node',
      title: 'NODE',
      width: 10,
      priority: 6,
      text: ({ node }) => node ?? '',
      tone: () => 'muted',
    },
    clusterColumn(),
    createdColumn(5),
    ageColumn(7),
  ],
  detail: (row, { clusters }, now) => {
    const cluster = clusters.find(({ name }) => name === row.cluster);
    return [stateBlock(row, now), ...(cluster ? blocksOf(row, cluster, now) : [])];
  },
};

/** Nobody tells what a claim or a volume of the API has used. */
const hasUsage = (kind: StorageKind): boolean =>
  kind !== 'PersistentVolumeClaim' && kind !== 'PersistentVolume' && kind !== 'LonghornBackup';

const line = (label: string, text: string, more: Partial<DetailLine> = {}): DetailLine => ({
  label,
  text,
  ...more,
});

function stateBlock(row: StorageRow, now: EpochMs): DetailBlock {
  const { kind, namespace, node, createdAt, cluster } = row;
  const words = [row.state, row.health].filter((word) => word !== '').join(', ');
  return {
    title: storageWord(kind),
    lines: [
      line('state', row.fresh ? words : `unknown; was ${words}`, { tone: toneOf(row) }),
      ...(namespace === '' ? [] : [line('namespace', namespace)]),
      line('name', row.name),
      line('size', hasUsage(kind) ? usedText(row.usedBytes, row.sizeBytes) : bytes(row.sizeBytes)),
      ...(node === null ? [] : [line('node', node, { ref: nodeRef(cluster, node) })]),
      line('created', agoText(createdAt, now)),
    ],
  };
}

function blocksOf(
  row: StorageRow,
  cluster: ClusterInventory,
  now: EpochMs,
): readonly DetailBlock[] {
  const { object } = row;
  switch (row.kind) {
    case 'PersistentVolumeClaim':
      return claimBlocks(object as Claim, cluster);
    case 'PersistentVolume':
      return volumeBlocks(object as PersistentVolume, cluster);
    case 'LonghornVolume':
      return longhornBlocks(object as LonghornVolume, cluster, now);
    case 'LonghornNode':
      return diskBlocks(object as LonghornNode);
    case 'DiskPool':
      return [
        { title: 'Disks', lines: (object as DiskPool).disks.map((disk) => line('disk', disk)) },
      ];
    case 'CephCluster':
      return [
        {
          title: 'Checks',
          lines: (object as CephCluster).checks.map(({ code, message }) =>
            line(code, message ?? '', { tone: 'warn' }),
          ),
        },
      ];
    case 'LonghornBackup':
      return backupBlocks(object as LonghornBackup, cluster, now);
  }
}

const claimLine = (cluster: ClusterInventory, claim: string | null): DetailLine =>
  line(
    'claim',
    claim ?? '-',
    claim === null ? {} : { ref: storageRef(cluster.name, 'PersistentVolumeClaim', claim) },
  );

function podBlock(cluster: ClusterInventory, claim: string | null): readonly DetailBlock[] {
  if (claim === null) return [];
  const pods = podsOfClaim(cluster, claim);
  return [
    {
      title: `Pods ${pods === null ? UNKNOWN : pods.length}`,
      lines: (pods ?? []).map((pod) =>
        line(
          pod.status,
          `${pod.namespace}/${pod.name}${pod.node === null ? '' : `  on ${pod.node}`}`,
          {
            ref: podRef(cluster.name, pod.namespace, pod.name),
          },
        ),
      ),
    },
  ];
}

function claimBlocks(claim: Claim, cluster: ClusterInventory): readonly DetailBlock[] {
  const volume = volumeOfClaim(cluster, claim);
  const longhorn = volume && longhornOf(cluster, volume);
  return [
    {
      title: 'Volume',
      lines: [
        line('class', claim.storageClass ?? '-'),
        line('modes', modesText(claim.accessModes)),
        line('asked for', bytes(claim.requestedBytes)),
        line(
          'volume',
          claim.volume ?? '-',
          claim.volume === null
            ? {}
            : { ref: storageRef(cluster.name, 'PersistentVolume', claim.volume) },
        ),
        ...(longhorn
          ? [
              line('Longhorn', `${longhorn.state ?? UNKNOWN}, ${longhorn.robustness ?? UNKNOWN}`, {
                ref: storageRef(
                  cluster.name,
                  'LonghornVolume',
                  `${longhorn.namespace}/${longhorn.name}`,
                ),
              }),
            ]
          : []),
      ],
    },
    ...podBlock(cluster, `${claim.namespace}/${claim.name}`),
  ];
}

/** How the replicas of a volume of Mayastor are, Kubernetes does not tell; how many pools there are for them it does. */
function mayastorLines(volume: PersistentVolume, cluster: ClusterInventory): readonly DetailLine[] {
  const mayastor = mayastorOf(cluster, volume);
  if (!mayastor) return [];
  const { replicas, pools, health } = mayastor;
  return [
    line('replicas', `${replicas} wanted; their state is not told by the Kubernetes API`),
    line(
      'pools',
      pools === null ? UNKNOWN : `${pools.online} of ${pools.total} online`,
      health === 'ok' || health === 'unknown' ? {} : { tone: 'bad' },
    ),
  ];
}

function volumeBlocks(volume: PersistentVolume, cluster: ClusterInventory): readonly DetailBlock[] {
  const longhorn = longhornOf(cluster, volume);
  return [
    {
      title: 'Source',
      lines: [
        claimLine(cluster, volume.claim),
        line('class', volume.storageClass ?? '-'),
        line('modes', modesText(volume.accessModes)),
        line('reclaim', volume.reclaimPolicy ?? UNKNOWN),
        line('driver', volume.driver ?? UNKNOWN),
        line(
          'handle',
          volume.handle ?? '-',
          longhorn
            ? {
                ref: storageRef(
                  cluster.name,
                  'LonghornVolume',
                  `${longhorn.namespace}/${longhorn.name}`,
                ),
              }
            : {},
        ),
        ...(volume.reason === null ? [] : [line('reason', volume.reason, { tone: 'bad' })]),
        ...mayastorLines(volume, cluster),
      ],
    },
    ...podBlock(cluster, volume.claim),
  ];
}

function longhornBlocks(
  volume: LonghornVolume,
  cluster: ClusterInventory,
  now: EpochMs,
): readonly DetailBlock[] {
  const modes = new Map(
    enginesOf(cluster, volume).flatMap((engine) => Object.entries(engine.modes)),
  );
  const rebuilt = enginesOf(cluster, volume).find(({ rebuildPercent }) => rebuildPercent !== null);
  const replicas = replicasOf(cluster, volume);
  const serving =
    replicaHealth(cluster, volume)?.healthy ??
    replicas.filter((replica) => !isReplicaLost(cluster, replica)).length;
  const backups = backupsOf(cluster, volume);
  return [
    {
      title: 'Volume',
      lines: [
        claimLine(cluster, volume.claim),
        line(
          'volume',
          volume.persistentVolume ?? '-',
          volume.persistentVolume === null
            ? {}
            : { ref: storageRef(cluster.name, 'PersistentVolume', volume.persistentVolume) },
        ),
        ...(volume.degradedAt === null
          ? []
          : [line('degraded', agoText(volume.degradedAt, now), { tone: 'warn' })]),
        ...(volume.unscheduled === null
          ? []
          : [line('unscheduled', volume.unscheduled, { tone: 'warn' })]),
      ],
    },
    {
      title: `Replicas ${serving} of ${volume.replicas ?? UNKNOWN}`,
      lines: replicas.map((replica) => {
        const mode = modes.get(replica.name);
        const words =
          mode === 'WO' && rebuilt
            ? `rebuilding ${percent(rebuilt.rebuildPercent)}`
            : replica.failedAt === null
              ? (replica.state ?? UNKNOWN)
              : `failed ${agoText(replica.failedAt, now)}`;
        return line(replica.node ?? UNKNOWN, `${words}  ${replica.name}`, {
          tone: isReplicaLost(cluster, replica) ? 'bad' : 'plain',
          ...(replica.node === null ? {} : { ref: nodeRef(cluster.name, replica.node) }),
        });
      }),
    },
    {
      title: `Backups ${backups.length}`,
      lines: backups.map((backup) =>
        line(
          backup.state ?? 'New',
          `${agoText(backup.backupAt, now)}  ${bytes(backup.sizeBytes)}`,
          {
            tone: backup.state === 'Error' ? 'bad' : 'plain',
            ref: storageRef(cluster.name, 'LonghornBackup', `${backup.namespace}/${backup.name}`),
          },
        ),
      ),
    },
    ...podBlock(cluster, volume.claim),
  ];
}

const diskBlocks = (node: LonghornNode): readonly DetailBlock[] => [
  ...(node.reason === null && node.message === null
    ? []
    : [
        {
          title: 'Why',
          lines: [
            line('reason', node.reason ?? '-', { tone: 'bad' }),
            line('message', node.message ?? '-'),
          ],
        },
      ]),
  ...node.disks.map((disk) => ({
    title: `Disk ${disk.name}`,
    lines: [
      line('path', disk.path ?? UNKNOWN),
      line('ready', disk.ready ?? UNKNOWN, { tone: disk.ready === 'True' ? 'plain' : 'bad' }),
      line('schedulable', disk.allowsScheduling ? (disk.schedulable ?? UNKNOWN) : 'disabled'),
      ...(disk.message === null ? [] : [line('message', disk.message)]),
      line(
        'used',
        `${percent(
          usedPercent(
            disk.maximumBytes === null || disk.availableBytes === null
              ? null
              : disk.maximumBytes - disk.availableBytes,
            disk.maximumBytes,
          ),
        )} of ${bytes(disk.maximumBytes)}`,
      ),
    ],
  })),
];

const backupBlocks = (
  backup: LonghornBackup,
  cluster: ClusterInventory,
  now: EpochMs,
): readonly DetailBlock[] => [
  {
    title: 'Backup',
    lines: [
      line(
        'of volume',
        backup.volume ?? '-',
        backup.volume === null
          ? {}
          : {
              ref: storageRef(
                cluster.name,
                'LonghornVolume',
                `${backup.namespace}/${backup.volume}`,
              ),
            },
      ),
      line('complete', agoText(backup.backupAt, now)),
      ...(backup.error === null ? [] : [line('error', backup.error, { tone: 'bad' })]),
    ],
  },
];
