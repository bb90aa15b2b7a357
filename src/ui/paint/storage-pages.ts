import { related } from '../../derive/related.ts';
import type { DiskErrors, SmartReport } from '../../domain/disk.ts';
import { known } from '../../domain/feed.ts';
import { bytes, count, duration, percent, UNKNOWN } from '../../domain/format.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { datasetOwners, datasetsByName, fillPercent } from '../../domain/joined-datasets.ts';
import { disksOf } from '../../domain/joined-disks.ts';
import type { Disk } from '../../domain/joined-disks.ts';
import { hostFresh } from '../../domain/joined.ts';
import { poolRef, refKind, refName, refText } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { Sign } from '../../domain/view.ts';
import type { Run } from './canvas.ts';
import { problemsPanel } from './host-detail.ts';
import { datasetsPanel } from './host/datasets.ts';
import { diskSign, milliseconds, modelText } from './host/disks.ts';
import { forecastText, poolsPanel } from './host/pools.ts';
import { feedWords } from './host/state.ts';
import { barRuns, labelled, muted, run } from './lines.ts';
import type { TextLine } from './lines.ts';
import { poolsOfHost, signRun } from './look.ts';
import type { Look } from './look.ts';
import type { DetailPage, Panel } from './panel.ts';

/** The page of a pool, a disk or a dataset of a host; null for one that nobody knows. */
export function storagePage(ref: Ref, host: HostInventory, look: Look): DetailPage | null {
  const kind = refKind(ref);
  if (kind === 'pool') return poolPage(ref, refName(ref), host, look);
  if (kind === 'dataset') return datasetPage(ref, refName(ref), host, look);
  const disk = kind === 'disk' ? disksOf(host).find((each) => each.ref === ref) : undefined;
  return disk ? diskPage(disk, host, look) : null;
}

function page(ref: Ref, sign: Sign, facts: Panel, more: readonly Panel[], look: Look): DetailPage {
  const own = look.model.problems.filter(({ subject }) => subject === ref);
  const problems = problemsPanel(ref, own, look, sign);
  const things = relatedPanel(ref, look);
  const [first, ...others] = more;
  return {
    title: refText(ref),
    tabs: [],
    tab: 0,
    note: [signRun(sign)],
    panels: [...(own.length > 0 ? [problems] : []), facts, ...more, things],
    bands: () => [
      [facts, problems],
      ...(first ? [[first]] : []),
      ...others.map((panel) => [panel]),
      [things],
    ],
  };
}

function poolPage(ref: Ref, name: string, host: HostInventory, look: Look): DetailPage | null {
  const fact = poolsOfHost(host, look.model.now)?.find(({ pool }) => pool.name === name);
  if (!fact) return null;
  const { pool, status, sign, stale } = fact;
  const tone = stale ? 'stale' : 'plain';
  const facts: Panel = {
    id: 'facts',
    title: 'Pool',
    lines: () => [
      labelled('state', [signRun(sign), run(stale ? ' unknown' : ` ${pool.health}`, tone)]),
      labelled('size', [run(bytes(pool.sizeBytes))]),
      labelled('used', [
        ...barRuns(pool.capacityPercent === null ? null : pool.capacityPercent / 100, 12),
        run(` ${percent(pool.capacityPercent)}  ${bytes(pool.allocatedBytes)}`, tone),
      ]),
      labelled('free', [run(bytes(pool.freeBytes), tone)]),
      labelled('full', [muted(forecastText(host.name, pool, look))]),
      labelled('fragments', [run(percent(pool.fragmentationPercent), tone)]),
      labelled('data errors', [errorsRun(status?.errorCount ?? null)]),
    ],
  };
  return page(
    ref,
    sign,
    facts,
    [poolsPanel(host, look, true, name), datasetsPanel(host, look, name)],
    look,
  );
}

const ERROR_WORDS: Readonly<Record<keyof DiskErrors, string>> = {
  media: 'media',
  hard: 'hard',
  transport: 'transport',
  soft: 'soft',
  recoverable: 'recoverable',
  notReady: 'not ready',
  noDevice: 'no device',
  illegalRequests: 'illegal',
  predictedFailures: 'foretold',
};

function diskPage(disk: Disk, host: HostInventory, look: Look): DetailPage {
  const { now } = look.model;
  const isFresh = hostFresh(host, 'kstats', now);
  const sign = isFresh ? diskSign(disk) : 'unknown';
  const { member, rates } = disk;
  const tone = isFresh ? 'plain' : 'stale';
  const facts: Panel = {
    id: 'facts',
    title: 'Disk',
    lines: () => [
      labelled('model', [run(modelText(disk))]),
      labelled('serial', [run(disk.serial ?? UNKNOWN)]),
      labelled('revision', [run(disk.revision ?? UNKNOWN)]),
      labelled('size', [run(bytes(disk.sizeBytes))]),
      labelled('driver', [run(disk.instance ?? 'none has it')]),
      member === null
        ? labelled('pool', [muted('in no pool that is known')])
        : labelled(
            'pool',
            [
              run(member.pool),
              muted(`  ${member.group ?? member.vdev.section}  ${member.vdev.state}`),
              muted(member.vdev.note === null ? '' : `  ${member.vdev.note}`),
            ],
            poolRef(host.name, member.pool),
          ),
      ...(member === null
        ? []
        : [
            labelled('pool counts', [
              muted('read '),
              errorsRun(member.vdev.readErrors),
              muted('  write '),
              errorsRun(member.vdev.writeErrors),
              muted('  checksum '),
              errorsRun(member.vdev.checksumErrors),
            ]),
          ]),
    ],
  };
  const pace: Panel = {
    id: 'pace',
    title: 'Work',
    lines: () => [
      labelled('busy', [run(percent(rates?.busyPercent), tone)]),
      labelled('service', [run(milliseconds(rates?.serviceMs), tone), muted('  a request')]),
      labelled('requests', [
        run(count(rounded(rates?.operationsPerSecond)), tone),
        muted('  a second'),
      ]),
      labelled('read', [run(`${bytes(rates?.readBytesPerSecond)}/s`, tone)]),
      labelled('written', [run(`${bytes(rates?.writeBytesPerSecond)}/s`, tone)]),
    ],
  };
  const report = known(host.feeds.smart, []).find(({ disk: name }) => name === disk.name);
  const smart: Panel = {
    id: 'smart',
    title: 'What it says of itself (SMART)',
    lines: () => (report ? smartLines(report) : [labelled('', [feedWords(host.feeds.smart)])]),
  };
  const errors: Panel = {
    id: 'errors',
    title: 'Errors since boot',
    lines: () => errorLines(disk, look),
  };
  const base = page(disk.ref, sign, facts, [], look);
  return {
    ...base,
    panels: [...base.panels.slice(0, -1), errors, pace, smart, ...base.panels.slice(-1)],
    bands: (columns) => {
      const [top = [], ...rest] = base.bands(columns);
      return columns === 3
        ? [top, [errors, pace, smart], ...rest]
        : [top, [errors, pace], [smart], ...rest];
    },
  };
}

const smartLines = (report: SmartReport): readonly TextLine[] => [
  labelled('verdict', [
    report.passed === null
      ? run('not told', 'unknown')
      : report.passed
        ? muted('passed')
        : run('expects to fail soon', 'bad'),
  ]),
  labelled('unreadable', [errorsRun(report.pendingSectors), muted('  sectors')]),
  labelled('replaced', [run(count(report.reallocatedSectors)), muted('  sectors')]),
  labelled('wear', [run(percent(report.wearPercent))]),
  labelled('on for', [
    run(report.powerOnHours === null ? UNKNOWN : duration(report.powerOnHours * HOUR_MS)),
  ]),
  labelled('warm', [
    run(report.temperatureCelsius === null ? UNKNOWN : `${report.temperatureCelsius}°C`),
  ]),
];

const HOUR_MS = 3_600_000;

/** Each kind; what came since the console looks stands beside it. */
function errorLines({ errors, rates }: Disk, { model }: Look): readonly TextLine[] {
  const since = rates?.newErrors;
  const risen: Partial<Record<keyof DiskErrors, number>> = since
    ? { media: since.media, hard: since.hard, transport: since.transport }
    : {};
  const boot = model.since;
  return [
    ...(Object.entries(ERROR_WORDS) as [keyof DiskErrors, string][]).map(([kind, word]) => {
      const more = risen[kind] ?? 0;
      return labelled(word, [
        kind === 'illegalRequests' ? muted(count(errors[kind])) : errorsRun(errors[kind]),
        ...(more > 0 ? [run(`  ${more} new`, 'bad')] : []),
      ]);
    }),
    labelled('', [
      muted(
        since && boot !== null
          ? `new: since labtop looks, ${duration(model.now - boot)}`
          : 'what is new is not known yet',
      ),
    ]),
  ];
}

const DATASET_TITLES = { filesystem: 'File system', volume: 'Volume', unknown: 'Dataset' } as const;

function datasetPage(ref: Ref, name: string, host: HostInventory, look: Look): DetailPage | null {
  const dataset = datasetsByName(host).get(name);
  if (!dataset) return null;
  const isFresh = hostFresh(host, 'datasets', look.model.now);
  const tone = isFresh ? 'plain' : 'stale';
  const fill = fillPercent(dataset);
  const owner = datasetOwners(host).get(name);
  const limits = [
    ['size', dataset.volsizeBytes],
    ['quota', dataset.quotaBytes],
    ['refquota', dataset.refquotaBytes],
    ['reservation', dataset.reservationBytes],
    ['refreserv', dataset.refreservationBytes],
  ] as const;
  const facts: Panel = {
    id: 'facts',
    title: DATASET_TITLES[dataset.type ?? 'unknown'],
    lines: () => [
      labelled('used', [
        ...barRuns(fill === null ? null : fill / 100, 12),
        run(` ${percent(fill)}  ${bytes(dataset.usedBytes)}`, tone),
      ]),
      labelled('left', [run(bytes(dataset.availableBytes), tone)]),
      labelled('itself', [run(bytes(dataset.referencedBytes), tone)]),
      labelled('snapshots', [run(bytes(dataset.usedBySnapshotsBytes), tone)]),
      ...limits
        .filter(([, value]) => value !== null)
        .map(([word, value]) => labelled(word, [run(bytes(value))])),
      labelled('compressed', [
        run(dataset.compressRatio === null ? UNKNOWN : `${dataset.compressRatio} times`),
      ]),
      labelled('mounted', [run(dataset.mountpoint ?? 'not')]),
      labelled('belongs to', [run(owner ?? 'no zone')]),
      labelled(
        'pool',
        [run(name.split('/')[0] ?? name)],
        poolRef(host.name, name.split('/')[0] ?? name),
      ),
    ],
  };
  return page(ref, isFresh ? 'ok' : 'unknown', facts, [datasetsPanel(host, look, name)], look);
}

/** What it has to do with, one step away. */
function relatedPanel(ref: Ref, { model }: Look): Panel {
  const things = related(ref, model.inventory);
  return {
    id: 'related',
    title: 'Related',
    lines: () =>
      things.length === 0
        ? [labelled('', [muted('nothing known')])]
        : things.map(({ ref: other, label, why }) => ({
            runs: [run(` ${label}  `), muted(why)],
            ref: other,
          })),
  };
}

const errorsRun = (value: number | null): Run =>
  value === null || value === 0 ? muted(count(value)) : run(String(value), 'bad');

const rounded = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value);
