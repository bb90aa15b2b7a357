import type { LonghornEngine } from '../../domain/storage.ts';
import { keysAt, numberAt, textAt, valueAt, isTrueAt } from '../../parse/json-fields.ts';
import { longhornWatch } from './longhorn-watch.ts';
import { readMeta } from './storage-fields.ts';

/** The engines of Longhorn's volumes: which replicas serve, and how far one is rebuilt. */
export const longhornEnginesWatch = longhornWatch<'longhornEngines'>({
  feed: 'longhornEngines',
  resource: 'engines',
  shows: 'engines of Longhorn',
  project: projectEngine,
});

function projectEngine(object: unknown): LonghornEngine | undefined {
  const meta = readMeta(object);
  if (!meta) return undefined;
  const modes = valueAt(object, 'status', 'replicaModeMap');
  const rebuilds = valueAt(object, 'status', 'rebuildStatus');
  const progress = keysAt(rebuilds)
    .filter((address) => isTrueAt(rebuilds, address, 'isRebuilding'))
    .flatMap((address) => numberAt(rebuilds, address, 'progress') ?? []);
  return {
    ...meta,
    volume: textAt(object, 'spec', 'volumeName'),
    modes: Object.fromEntries(
      keysAt(modes).flatMap((replica) => {
        const mode = textAt(modes, replica);
        return mode === null ? [] : [[replica, mode] as const];
      }),
    ),
    rebuildPercent: progress.length === 0 ? null : Math.min(...progress),
  };
}
