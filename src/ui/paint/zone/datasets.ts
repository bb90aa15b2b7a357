import { lastKnown } from '../../../domain/feed.ts';
import { age, bytes, percent, plural, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { datasetsByName, fillPercent, zoneDatasets } from '../../../domain/joined-datasets.ts';
import type { Zone } from '../../../domain/joined.ts';
import { toneBy } from '../../../domain/thresholds.ts';
import { feedWords } from '../host/state.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import type { GridRow } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';

/** The file systems of a zone and the volumes of a VM, with what limits them. */
export function datasetsPanel(host: HostInventory, zone: Zone, { model }: Look): Panel {
  const feed = host.feeds.datasets;
  const at = lastKnown(feed)?.at ?? null;
  const known = datasetsByName(host);
  const systems = zoneDatasets(zone, host);
  const disks = zone.vm?.disks ?? [];
  const limit = (own: number | null, word: string): string =>
    own === null ? '' : `${word} ${bytes(own)}`;
  const rows: readonly GridRow[] = [
    ...systems.map((dataset): GridRow => {
      const used = fillPercent(dataset);
      return {
        cells: [
          dataset.name,
          bytes(dataset.usedBytes),
          bytes(dataset.availableBytes),
          run(percent(used), toneBy(model.inventory.thresholds, 'zone.disk', used)),
          muted(
            [limit(dataset.quotaBytes, 'quota'), limit(dataset.refquotaBytes, 'refquota')]
              .filter((text) => text !== '')
              .join(' ') || 'no quota',
          ),
        ],
      };
    }),
    ...disks.map((name): GridRow => {
      const volume = known.get(name);
      const share =
        volume?.usedBytes && volume.volsizeBytes
          ? (volume.usedBytes / volume.volsizeBytes) * 100
          : null;
      return {
        cells: [
          name,
          bytes(volume?.usedBytes),
          muted(UNKNOWN),
          percent(share),
          muted(volume ? `volume of ${bytes(volume.volsizeBytes)}` : 'not among the datasets'),
        ],
      };
    }),
  ];
  return {
    id: 'datasets',
    title: 'Storage',
    right: () => [
      [muted(at === null ? '' : `${plural(rows.length, 'dataset')}, ${age(at, model.now)} old`)],
    ],
    lines: (width) =>
      rows.length === 0
        ? [labelled('', [at === null ? feedWords(feed) : muted('no dataset of it is known')])]
        : gridLines(
            [
              { title: 'DATASET', width: 'fit' },
              { title: 'USED', width: 5, align: 'right' },
              { title: 'FREE', width: 5, align: 'right', rank: 2 },
              { title: 'USE%', width: 4, align: 'right' },
              { title: 'LIMIT', width: 'grow', rank: 1 },
            ],
            rows,
            width,
          ),
  };
}
