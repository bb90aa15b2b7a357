import { PHASE_WORDS } from '../../domain/connect-phase.ts';
import type { Feed } from '../../domain/feed.ts';
import { fresh, gapOf, lastKnown } from '../../domain/feed.ts';
import { age, bytes, count, duration, plural, UNKNOWN } from '../../domain/format.ts';
import type {
  ClusterInventory,
  FeedName,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../../domain/inventory.ts';
import { SOURCE_SIGNS } from '../../domain/joined.ts';
import type { HostObserver, QuestionCost } from '../../domain/observer.ts';
import { hostRef, sourceRef } from '../../domain/ref.ts';
import type { SourceRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, DetailLine, Sign, Tone, View } from '../../domain/view.ts';

/** How one source is reached, or one question to it. */
type FeedRow = {
  readonly ref: SourceRef;
  readonly source: string;
  readonly status: SourceStatus;
  readonly subject:
    | { readonly kind: 'host'; readonly observer: HostObserver }
    | { readonly kind: 'cluster'; readonly cluster: ClusterInventory }
    | {
        readonly kind: 'question';
        readonly name: string;
        readonly feed: Feed<unknown>;
        readonly cost: QuestionCost | null;
      };
};

const hostRows = new WeakMap<HostInventory, readonly FeedRow[]>();
const clusterRows = new WeakMap<ClusterInventory, readonly FeedRow[]>();

function rowsOfHost(host: HostInventory): readonly FeedRow[] {
  let rows = hostRows.get(host);
  if (!rows) {
    const { name: source, source: status, observer } = host;
    const feeds = Object.entries(host.feeds) as readonly (readonly [FeedName, Feed<unknown>])[];
    rows = [
      { ref: sourceRef(source), source, status, subject: { kind: 'host', observer } },
      ...feeds.map(([name, feed]) =>
        questionRow(source, status, name, feed, observer.questions.get(name) ?? null),
      ),
    ];
    hostRows.set(host, rows);
  }
  return rows;
}

function rowsOfCluster(cluster: ClusterInventory): readonly FeedRow[] {
  let rows = clusterRows.get(cluster);
  if (!rows) {
    const { name: source, source: status } = cluster;
    rows = [
      { ref: sourceRef(source), source, status, subject: { kind: 'cluster', cluster } },
      ...Object.entries(cluster.feeds).map(([name, feed]) =>
        questionRow(source, status, name, feed, null),
      ),
    ];
    clusterRows.set(cluster, rows);
  }
  return rows;
}

const questionRow = (
  source: string,
  status: SourceStatus,
  name: string,
  feed: Feed<unknown>,
  cost: QuestionCost | null,
): FeedRow => ({
  ref: sourceRef(`${source}/${name}`),
  source,
  status,
  subject: { kind: 'question', name, feed, cost },
});

const isBlind = ({ status }: FeedRow): boolean => status.state !== 'up';

/** Why a row needs a look, in a few words; empty when it does not. */
type State = { readonly word: string; readonly sign: Sign; readonly tone: Tone };

function stateOf(row: FeedRow, now: EpochMs): State {
  const { subject, status } = row;
  if (subject.kind !== 'question')
    return {
      word: status.state,
      sign: SOURCE_SIGNS[status.state],
      tone: status.state === 'up' ? 'muted' : 'bad',
    };
  const { feed, cost } = subject;
  switch (feed.status) {
    case 'pending':
      return { word: 'pending', sign: 'unknown', tone: 'unknown' };
    case 'absent':
      return { word: feed.unasked ? 'unasked' : 'absent', sign: 'off', tone: 'muted' };
    case 'denied':
      return { word: 'denied', sign: 'warning', tone: 'warn' };
    case 'failed':
      return {
        word: feed.error.code === 'timeout' ? 'hung' : 'failed',
        sign: isBlind(row) ? 'unknown' : 'down',
        tone: 'bad',
      };
    case 'ok':
      if (isBlind(row)) return { word: 'unknown', sign: 'unknown', tone: 'unknown' };
      if (fresh(feed, now) === undefined) return { word: 'stale', sign: 'unknown', tone: 'warn' };
      if (feed.gap) return { word: 'partial', sign: 'degraded', tone: 'warn' };
      return feed.complaints.length > 0
        ? { word: 'unread', sign: 'warning', tone: 'warn' }
        : {
            word: 'ok',
            sign: cost !== null && cost.stretch > 1 ? 'degraded' : 'ok',
            tone: 'muted',
          };
  }
}

/** When the row's data was true. */
function dataAt({ subject, status }: FeedRow): EpochMs | null {
  if (subject.kind !== 'question') return status.lastDataAt;
  const { feed } = subject;
  if (feed.status === 'absent' || feed.status === 'denied') return feed.at;
  return lastKnown(feed)?.at ?? null;
}

const every = (seconds: number): string =>
  seconds < 10 ? `${Math.round(seconds * 10) / 10}s` : duration(seconds * 1000);

/** What is known of a cluster by other ways than a watch, at intervals of its own. */
const UNWATCHED: ReadonlyMap<string, string> = new Map([
  ['objects', 'counts'],
  ['nodeUsage', '20s'],
  ['podUsage', '30s'],
  ['controlPlane', 'probes'],
]);

function everyText({ subject }: FeedRow): string {
  if (subject.kind !== 'question') return '';
  if (subject.cost === null) return UNWATCHED.get(subject.name) ?? 'watch';
  const { intervalSeconds, stretch } = subject.cost;
  return `${every(intervalSeconds)}${stretch > 1 ? '↑' : ''}`;
}

/** Of an answer, or of the round trip to a source. */
function tookMs({ subject }: FeedRow): number | null {
  switch (subject.kind) {
    case 'host':
      return subject.observer.roundTripMs;
    case 'cluster':
      return subject.cluster.latencyMs;
    case 'question':
      if (subject.cost !== null) return subject.cost.durationMs;
      return subject.feed.status === 'ok' ? subject.feed.durationMs : null;
  }
}

export const milliseconds = (value: number | null): string =>
  value === null
    ? UNKNOWN
    : value < 9.95
      ? `${value.toFixed(1)}ms`
      : value < 9_995
        ? `${Math.round(value)}ms`
        : `${Math.round(value / 1000)}s`;

/** Bytes of an answer, or bytes a second of a source. */
function sizeOf({ subject }: FeedRow): number | null {
  switch (subject.kind) {
    case 'host':
      return subject.observer.receivedBytesPerSecond;
    case 'cluster':
      return null;
    case 'question':
      return subject.cost?.bytes ?? null;
  }
}

function sizeText(row: FeedRow): string {
  const size = sizeOf(row);
  if (size === null) return row.subject.kind === 'host' || tookMs(row) === null ? UNKNOWN : '';
  return `${bytes(size)}${row.subject.kind === 'host' ? '/s' : ''}`;
}

function howText({ subject }: FeedRow): string {
  switch (subject.kind) {
    case 'host':
      return subject.observer.transport;
    case 'cluster':
      return 'https';
    case 'question':
      return subject.cost === null ? '' : subject.cost.isStreamed ? 'stream' : 'ask';
  }
}

const perMinute = ({ forksPerMinute }: HostObserver): string =>
  `${forksPerMinute === null ? UNKNOWN : Math.round(forksPerMinute)} forks/min`;
const cpuText = (percent: number | null): string =>
  percent === null ? UNKNOWN : `${percent.toFixed(percent < 10 ? 1 : 0)}%`;
const cpu = ({ cpuPercent }: HostObserver): string => `cpu ${cpuText(cpuPercent)}`;
const skewText = (ms: number): string =>
  `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(1)}s`;

/** What else there is to say. */
function noteText({ subject, status }: FeedRow): string {
  if (subject.kind !== 'question' && status.error !== null) return status.error.message;
  if (subject.kind !== 'question' && status.phase) return PHASE_WORDS[status.phase];
  switch (subject.kind) {
    case 'host': {
      const { observer } = subject;
      return [
        perMinute(observer),
        cpu(observer),
        plural(observer.channels, 'channel'),
        ...(observer.reconnects > 0 ? [plural(observer.reconnects, 'reconnect')] : []),
        ...(observer.clockSkewMs === null || Math.abs(observer.clockSkewMs) < 1000
          ? []
          : [`clock ${skewText(observer.clockSkewMs)}`]),
      ].join('  ');
    }
    case 'cluster':
      return subject.cluster.version ?? '';
    case 'question':
      return questionNote(subject.feed, subject.cost);
  }
}

function questionNote(feed: Feed<unknown>, cost: QuestionCost | null): string {
  const troubles = [
    ...(cost !== null && cost.stretch > 1 ? [`late: asked ${cost.stretch}x less often`] : []),
    ...(cost !== null && cost.hangs > 0 ? [`hung ${plural(cost.hangs, 'time')}`] : []),
    ...(cost !== null && cost.dropped > 0 ? [`${cost.dropped} overtaken`] : []),
  ];
  switch (feed.status) {
    case 'pending':
      return feed.received === undefined ? '' : `${feed.received} received`;
    case 'absent':
    case 'denied':
      return feed.reason;
    case 'failed':
      return [feed.error.message, ...gapTexts(feed), ...troubles].join('  ');
    case 'ok':
      return [
        ...gapTexts(feed),
        ...(feed.complaints.length > 0
          ? [`${plural(feed.complaints.length, 'line')} not understood`]
          : []),
        ...troubles,
      ].join('  ');
  }
}

function gapTexts(feed: Feed<unknown>): readonly string[] {
  const gap = gapOf(feed);
  return gap ? [`hidden: ${gap.hides}; ${gap.reason}`] : [];
}

const nameOf = ({ subject }: FeedRow): string =>
  subject.kind === 'question' ? subject.name : 'transport';

/** Feeds: how each source is reached and each question answered, and what that costs the host. */
export const feedsView: View<FeedRow> = {
  id: 'feeds',
  title: 'Feeds',
  rows: ({ hosts, clusters }: Inventory) => [
    ...hosts.flatMap((host) => rowsOfHost(host)),
    ...clusters.flatMap((cluster) => rowsOfCluster(cluster)),
  ],
  key: ({ ref }) => ref,
  sign: (row, now) => stateOf(row, now).sign,
  at: dataAt,
  stale: (row, now) => {
    const { sign } = stateOf(row, now);
    return sign === 'unknown';
  },
  parts: ({ hosts, clusters }) => [hosts, clusters],
  columns: [
    { id: 'source', title: 'SOURCE', width: 9, priority: 0, text: ({ source }) => source },
    {
      id: 'feed',
      title: 'FEED',
      width: 11,
      priority: 0,
      text: nameOf,
      tone: ({ subject }) => (subject.kind === 'question' ? 'plain' : 'title'),
    },
    {
      id: 'state',
      title: 'STATE',
      width: 8,
      priority: 0,
      text: (row, now) => stateOf(row, now).word,
      tone: (row, now) => stateOf(row, now).tone,
    },
    {
      id: 'age',
      title: 'AGE',
      width: 4,
      align: 'right',
      priority: 1,
      text: (row, now) => age(dataAt(row), now),
      value: dataAt,
      unit: 'since',
      tone: () => 'muted',
    },
    {
      id: 'every',
      title: 'EVERY',
      width: 6,
      align: 'right',
      priority: 3,
      text: everyText,
      value: ({ subject }) =>
        subject.kind === 'question' && subject.cost ? subject.cost.intervalSeconds * 1000 : null,
      unit: 'ms',
      tone: ({ subject }) =>
        subject.kind === 'question' && (subject.cost?.stretch ?? 1) > 1 ? 'warn' : 'muted',
    },
    {
      id: 'took',
      title: 'TOOK',
      width: 6,
      align: 'right',
      priority: 2,
      text: (row) => milliseconds(tookMs(row)),
      value: tookMs,
      unit: 'ms',
    },
    {
      id: 'size',
      title: 'SIZE',
      width: 6,
      align: 'right',
      priority: 4,
      text: sizeText,
      value: sizeOf,
      tone: () => 'muted',
    },
    {
      id: 'how',
      title: 'HOW',
      width: 7,
      priority: 5,
      text: howText,
      tone: () => 'muted',
    },
    {
      id: 'note',
      title: 'NOTE',
      width: 'grow',
      priority: 1,
      text: noteText,
      tone: (row, now) => {
        const { tone } = stateOf(row, now);
        return tone === 'bad' || tone === 'warn' ? tone : 'muted';
      },
    },
  ],
  detail: (row, _inventory, now) => [sourceBlock(row, now), ...subjectBlocks(row, now)],
};

function sourceBlock({ source, status, subject }: FeedRow, now: EpochMs): DetailBlock {
  return {
    title: 'Source',
    lines: [
      {
        label: 'state',
        text: `${status.state} for ${duration(now - status.since)}`,
        tone: status.state === 'up' ? 'ok' : 'bad',
        ...(subject.kind === 'host' ? { ref: hostRef(source) } : {}),
      },
      { label: 'last byte', text: `${age(status.lastDataAt, now)} ago` },
      ...(status.attempt > 0 ? [{ label: 'attempts', text: String(status.attempt) }] : []),
      ...(status.error === null
        ? []
        : [
            { label: 'because', text: status.error.message, tone: 'bad' as const },
            ...(status.error.hint === '' ? [] : [{ label: 'next', text: status.error.hint }]),
          ]),
    ],
  };
}

function subjectBlocks(row: FeedRow, now: EpochMs): readonly DetailBlock[] {
  const { subject } = row;
  switch (subject.kind) {
    case 'host':
      return [{ title: 'What watching costs', lines: costLines(subject.observer) }];
    case 'cluster': {
      const { version, latencyMs, clockSkewMs } = subject.cluster;
      return [
        {
          title: 'API',
          lines: [
            { label: 'version', text: version ?? UNKNOWN },
            { label: 'round trip', text: milliseconds(latencyMs) },
            { label: 'clock', text: clockSkewMs === null ? UNKNOWN : skewText(clockSkewMs) },
          ],
        },
      ];
    }
    case 'question':
      return [
        { title: 'Question', lines: questionLines(row, subject.feed, subject.cost, now) },
        ...complaintBlock(subject.feed),
      ];
  }
}

const costLines = (observer: HostObserver): readonly DetailLine[] => [
  { label: 'transport', text: observer.transport },
  { label: 'round trip', text: milliseconds(observer.roundTripMs) },
  {
    label: 'bytes',
    text: `${bytes(observer.receivedBytesPerSecond)}/s in, ${bytes(observer.sentBytesPerSecond)}/s out`,
  },
  { label: 'processes', text: `${perMinute(observer)}, shells among them` },
  {
    label: 'cpu',
    text: `${cpu(observer).slice(4)} of one CPU, what has ended of it; sshd and running streams not counted`,
  },
  { label: 'channels', text: `${count(observer.channels)} open` },
  { label: 'reconnects', text: count(observer.reconnects) },
  {
    label: 'clock',
    text:
      observer.clockSkewMs === null
        ? UNKNOWN
        : `${skewText(observer.clockSkewMs)} against ours, to half a second`,
  },
];

function questionLines(
  row: FeedRow,
  feed: Feed<unknown>,
  cost: QuestionCost | null,
  now: EpochMs,
): readonly DetailLine[] {
  const { word, tone } = stateOf(row, now);
  const note = questionNote(feed, cost);
  return [
    { label: 'state', text: word, tone },
    ...(note === '' ? [] : [{ label: 'because', text: note, tone }]),
    ...(feed.status === 'failed' && feed.error.hint !== ''
      ? [{ label: 'next', text: feed.error.hint }]
      : []),
    ...hiddenLines(feed),
    { label: 'answer', text: `${age(dataAt(row), now)} old` },
    { label: 'took', text: milliseconds(tookMs(row)) },
    ...(cost === null
      ? []
      : [
          { label: 'asked', text: cost.command },
          {
            label: 'every',
            text: `${everyText(row)}${cost.isStreamed ? ', by one program that goes on' : ''}`,
          },
          ...(cost.isStreamed ? [{ label: 'cpu', text: cpuText(cost.streamCpuPercent) }] : []),
          { label: 'size', text: bytes(cost.bytes) },
        ]),
  ];
}

/** What is not seen because of it, and the line that grants it. */
function hiddenLines(feed: Feed<unknown>): readonly DetailLine[] {
  const gap = gapOf(feed);
  if (gap) return [{ label: 'hides', text: gap.hides }];
  if (feed.status !== 'denied' && feed.status !== 'absent') return [];
  const grant = feed.status === 'denied' ? feed.grant : undefined;
  return [
    ...(feed.hides === undefined ? [] : [{ label: 'hides', text: feed.hides }]),
    ...(grant === undefined ? [] : [{ label: 'granted by', text: grant }]),
  ];
}

const SHOWN_COMPLAINTS = 50;

function complaintBlock(feed: Feed<unknown>): readonly DetailBlock[] {
  if (feed.status !== 'ok' || feed.complaints.length === 0) return [];
  return [
    {
      title: `${plural(feed.complaints.length, 'line')} not understood`,
      lines: feed.complaints.slice(0, SHOWN_COMPLAINTS).map(({ line, text, reason }) => ({
        label: line === 0 ? 'all' : `line ${line}`,
        text: text === '' ? reason : `${reason}: ${text}`,
        tone: 'warn' as const,
      })),
    },
  ];
}
