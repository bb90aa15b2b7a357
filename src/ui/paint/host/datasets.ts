import type { Dataset, NewestSnapshot } from '../../../domain/dataset.ts';
import { known } from '../../../domain/feed.ts';
import { bytes, count, percent, plural, shortDuration, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { datasetOwners, fillPercent } from '../../../domain/joined-datasets.ts';
import { hostFresh } from '../../../domain/joined.ts';
import { datasetRef } from '../../../domain/ref.ts';
import type { ToneName } from '../../../domain/theme.ts';
import { toneBy } from '../../../domain/thresholds.ts';
import { barRuns, gridLines, labelled, muted, run } from '../lines.ts';
import { signRun } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

/** Rows are made for every frame; who has more datasets sees those that use most. */
const MOST_ROWS = 400;

/** The datasets of a host, or those below one, with what they use of what they may use. */
export function datasetsPanel(host: HostInventory, { model }: Look, below?: string): Panel {
  const isFresh = hostFresh(host, 'datasets', model.now);
  const tone: ToneName = isFresh ? 'plain' : 'stale';
  const heatOf = (dataset: Dataset): ToneName =>
    toneBy(model.inventory.thresholds, 'dataset.quota', fillPercent(dataset));
  return {
    id: 'datasets',
    title: `Datasets of ${below ?? host.name}`,
    right: () => {
      const all = datasetsBelow(host, below);
      const full = all.filter((dataset) => isLimited(dataset) && heatOf(dataset) !== 'plain');
      return [
        [
          ...(full.length > 0 ? [run(`${full.length} nearly full  `, 'warn')] : []),
          muted(plural(all.length, 'dataset')),
        ],
      ];
    },
    lines: (width) => {
      const all = datasetsBelow(host, below);
      const shown = largest(all);
      const owners = datasetOwners(host);
      return [
        ...(all.length === 0
          ? [labelled('', [feedWords(host.feeds.datasets)])]
          : gridLines(
              [
                { title: 'DATASET', width: 'fit', most: 48 },
                { title: 'OF', width: 'fit', most: 16, rank: 4 },
                { title: 'USED', width: 5, align: 'right' },
                { title: 'LEFT', width: 5, align: 'right', rank: 1 },
                { title: 'FILL', width: 13, rank: 3 },
                { title: 'LIMIT', width: 5, align: 'right', rank: 2 },
                { title: 'SNAPS', width: 5, align: 'right', rank: 5 },
                { title: 'RATIO', width: 5, align: 'right', rank: 6 },
                { title: 'MOUNTED', width: 'grow', rank: 7 },
              ],
              shown.map((dataset) => {
                const fill = fillPercent(dataset);
                const heat = isLimited(dataset) ? heatOf(dataset) : 'plain';
                return {
                  ref: datasetRef(host.name, dataset.name),
                  cells: [
                    run(dataset.name, tone),
                    muted(owners.get(dataset.name) ?? '-'),
                    run(bytes(dataset.usedBytes), tone),
                    muted(bytes(dataset.availableBytes)),
                    [
                      ...barRuns(
                        fill === null ? null : fill / 100,
                        8,
                        heat !== 'plain' ? heat : isFresh ? 'accent' : 'muted',
                      ),
                      run(percent(fill).padStart(5), heat !== 'plain' ? heat : tone),
                    ],
                    muted(limitText(dataset)),
                    muted(bytes(dataset.usedBySnapshotsBytes)),
                    muted(dataset.compressRatio === null ? UNKNOWN : `${dataset.compressRatio}x`),
                    muted(dataset.mountpoint ?? '-'),
                  ],
                };
              }),
              width,
            )),
        ...(all.length > shown.length
          ? [labelled('', [muted(`and ${all.length - shown.length} smaller ones`)])]
          : []),
      ];
    },
  };
}

const datasetsBelow = (host: HostInventory, below: string | undefined): readonly Dataset[] =>
  known(host.feeds.datasets, []).filter(
    ({ name }) => below === undefined || name === below || name.startsWith(`${below}/`),
  );

/** All of them in their order, or the largest of too many. */
function largest(datasets: readonly Dataset[]): readonly Dataset[] {
  if (datasets.length <= MOST_ROWS) return datasets;
  const kept = new Set(
    datasets.toSorted((a, b) => (b.usedBytes ?? 0) - (a.usedBytes ?? 0)).slice(0, MOST_ROWS),
  );
  return datasets.filter((dataset) => kept.has(dataset));
}

const isLimited = ({ quotaBytes, refquotaBytes }: Dataset): boolean =>
  quotaBytes !== null || refquotaBytes !== null;

/** The size of a volume, or the quota. */
const limitText = ({ volsizeBytes, quotaBytes, refquotaBytes }: Dataset): string => {
  const limit = volsizeBytes ?? quotaBytes ?? refquotaBytes;
  return limit === null ? '-' : bytes(limit);
};

/** The newest snapshots of the datasets that the configuration asks about. */
export function snapshotsPanel(host: HostInventory, { model }: Look): Panel {
  const newest = new Map(known(host.feeds.snapshots, []).map((each) => [each.dataset, each]));
  const isFresh = hostFresh(host, 'snapshots', model.now);
  return {
    id: 'snapshots',
    title: 'Snapshots that must be young',
    lines: (width) =>
      isFresh || newest.size > 0
        ? gridLines(
            [
              { title: '', width: 1 },
              { title: 'DATASET', width: 'fit' },
              { title: 'AGE', width: 5, align: 'right' },
              { title: 'LIMIT', width: 6, align: 'right' },
              { title: 'COUNT', width: 5, align: 'right', rank: 1 },
              { title: 'NEWEST', width: 'grow', rank: 2 },
            ],
            [...host.snapshotHours].map(([dataset, hours]) => {
              const last = newest.get(dataset);
              return {
                ref: datasetRef(host.name, dataset),
                cells: [
                  signRun(
                    !isFresh ? 'unknown' : isYoung(last, hours, model.now) ? 'ok' : 'warning',
                  ),
                  run(dataset, isFresh ? 'plain' : 'stale'),
                  run(last ? shortDuration(model.now - last.createdAt) : 'none'),
                  muted(`${hours}h`),
                  muted(count(last?.count ?? (isFresh ? 0 : null))),
                  muted(last?.name ?? ''),
                ],
              };
            }),
            width,
          )
        : [labelled('', [feedWords(host.feeds.snapshots)])],
  };
}

const HOUR_MS = 3_600_000;
const isYoung = (last: NewestSnapshot | undefined, hours: number, now: number): boolean =>
  last !== undefined && now - last.createdAt <= hours * HOUR_MS;
