import type { LonghornDisk, LonghornNode } from '../../domain/storage.ts';
import { isTrueAt, keysAt, textAt, valueAt } from '../../parse/json-fields.ts';
import { longhornWatch } from './longhorn-watch.ts';
import { conditionAt, readMeta, sizeAt } from './storage-fields.ts';

/** The nodes of Longhorn with their disks. */
export const longhornNodesWatch = longhornWatch<'longhornNodes'>({
  feed: 'longhornNodes',
  resource: 'nodes',
  shows: 'nodes and disks of Longhorn',
  project: projectNode,
});

function projectNode(object: unknown): LonghornNode | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  const disks = valueAt(object, 'status', 'diskStatus');
  return {
    ...meta,
    ...judged(object, 'status', 'conditions'),
    allowsScheduling: isTrueAt(object, 'spec', 'allowScheduling'),
    disks: keysAt(disks).map((name): LonghornDisk => {
      const disk = valueAt(disks, name);
      const spec = valueAt(object, 'spec', 'disks', name);
      return {
        name: textAt({ name }, 'name') ?? '',
        path: textAt(spec, 'path') ?? textAt(disk, 'diskPath'),
        allowsScheduling: isTrueAt(spec, 'allowScheduling'),
        ...judged(disk, 'conditions'),
        availableBytes: sizeAt(disk, 'storageAvailable'),
        maximumBytes: sizeAt(disk, 'storageMaximum'),
      };
    }),
  };
}

/** Ready and Schedulable, with the words of the first that is not so. */
function judged(object: unknown, ...path: readonly string[]) {
  const ready = conditionAt(object, 'Ready', ...path);
  const schedulable = conditionAt(object, 'Schedulable', ...path);
  const bad = [ready, schedulable].find((each) => each !== undefined && each.status !== 'True');
  return {
    ready: ready?.status ?? null,
    schedulable: schedulable?.status ?? null,
    reason: bad?.reason ?? null,
    message: bad?.message ?? null,
  };
}
