import { expiryLevel } from '../../domain/certificates.ts';
import { clusterColumn } from '../../domain/columns.ts';
import { componentMemoryRule, everyComponent, memoryShare } from '../../domain/components.ts';
import type { Component } from '../../domain/components.ts';
import { lastValue } from '../../domain/feed.ts';
import {
  age,
  bytes,
  count,
  decimal,
  duration,
  percent,
  UNKNOWN,
  withUnit,
} from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findHost } from '../../domain/joined.ts';
import { podRef } from '../../domain/ref.ts';
import { isK3s } from '../../domain/role.ts';
import { toneBy } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, DetailLine, Tone, View } from '../../domain/view.ts';
import { toldOf } from '../../domain/zone-component.ts';

const TONES: Readonly<Record<Component['sign'], Tone>> = {
  ok: 'muted',
  degraded: 'warn',
  warning: 'warn',
  down: 'bad',
  unknown: 'unknown',
  off: 'muted',
  changing: 'warn',
};

const CERTIFICATE_TONES = { ok: 'muted', warning: 'warn', critical: 'bad' } as const;

/** Where there is nothing to be known. */
const NONE = '-';
/** Those of which one leads by a lease. */
const ELECTED: ReadonlySet<Component['kind']> = new Set([
  'kube-scheduler',
  'kube-controller-manager',
]);

/** What its own address says; short. */
const directText = ({ direct, port, kind }: Component): string =>
  kind === 'etcd'
    ? port === null
      ? NONE
      : port.state === 'answers'
        ? 'tls ok'
        : port.state
    : direct === null
      ? kind === 'kube-apiserver'
        ? UNKNOWN
        : NONE
      : direct.state === 'ok'
        ? `ok ${withUnit(count(direct.latencyMs), 'ms')}`
        : direct.state;

const insideText = ({ inside, gone, kind, pod }: Component): string =>
  kind === 'vip'
    ? NONE
    : pod !== null && inside === null
      ? pod.status
      : gone !== null && inside?.fresh !== true
        ? 'gone'
        : (inside?.state ?? UNKNOWN);

const sideTone = (state: string | undefined, isFresh: boolean | undefined): Tone =>
  state === undefined || state === 'unknown' || isFresh !== true
    ? 'unknown'
    : state === 'ok' || state === 'denied'
      ? 'muted'
      : 'bad';

const leaseAge = ({ lease }: Component, now: EpochMs): number | null =>
  lease === null || lease.renewedAt === null ? null : Math.max(0, now - lease.renewedAt);

/** What of the database file holds data, in percent of it. */
const inUseShare = ({ etcd }: Component): number | null =>
  !etcd?.dbBytes || etcd.inUseBytes === null ? null : (100 * etcd.inUseBytes) / etcd.dbBytes;
/** Its free pages. */
function fragmentation(row: Component): number | null {
  const inUse = inUseShare(row);
  return inUse === null ? null : 100 - inUse;
}

const quotaShare = ({ etcd }: Component): number | null =>
  etcd === null || etcd.dbBytes === null || !etcd.quotaBytes
    ? null
    : (100 * etcd.dbBytes) / etcd.quotaBytes;

/** The other clusters that keep their objects in the same etcd. */
const sharersOf = ({ belongs, cluster }: Component): readonly string[] =>
  (belongs?.sharedBy ?? []).flatMap((each) => (each.cluster === cluster ? [] : [each.cluster]));

const isInsideStale = ({ inside }: Component): boolean => inside?.fresh !== true;

/**
 * Cluster pane, tab control plane: a row per instance of a component, from the API, from its own address, and from
 * the zone that it runs in, which still tells while the API is dead.
 */
export const componentView: View<Component> = {
  id: 'control-plane',
  title: 'Control plane',
  rows: everyComponent,
  key: ({ ref }) => ref,
  sign: ({ sign }) => sign,
  at: ({ at }) => at,
  parts: ({ hosts, clusters }) => [
    hosts,
    ...clusters.flatMap(({ feeds }) => [feeds.controlPlane, feeds.nodes, feeds.pods]),
  ],
  stale: ({ fresh }) => !fresh,
  columns: [
    { id: 'name', title: 'INSTANCE', width: 12, priority: 0, text: ({ name }) => name },
    {
      id: 'kind',
      title: 'COMPONENT',
      width: 23,
      priority: 1,
      text: (row) => (sharersOf(row).length > 0 ? `${row.kind}, shared` : row.kind),
      tone: () => 'muted',
    },
    clusterColumn(),
    {
      id: 'host',
      title: 'HOST',
      width: 8,
      priority: 2,
      text: ({ host }) => host ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'state',
      title: 'STATE',
      width: 16,
      priority: 0,
      text: ({ state }) => state,
      tone: ({ sign }) => TONES[sign],
    },
    {
      id: 'leader',
      title: 'LEAD',
      width: 4,
      priority: 2,
      text: ({ leader, kind }) =>
        kind === 'kube-apiserver' || kind === 'vip' || leader === false
          ? NONE
          : leader === null
            ? UNKNOWN
            : 'lead',
      tone: ({ leader }) => (leader === true ? 'accent' : 'muted'),
    },
    {
      id: 'direct',
      title: 'NETWORK',
      width: 10,
      priority: 3,
      text: directText,
      tone: ({ direct, port }) =>
        port === null
          ? sideTone(direct?.state, direct?.fresh)
          : sideTone(
              port.state === 'answers' ? 'ok' : port.state,
              port.fresh && port.answeredAt !== null,
            ),
      value: ({ direct }) => direct?.latencyMs ?? null,
      unit: 'ms',
    },
    {
      id: 'inside',
      title: 'INSIDE',
      width: 9,
      priority: 3,
      text: insideText,
      tone: ({ inside, gone, pod, sign }) =>
        gone !== null
          ? 'bad'
          : pod !== null && inside === null
            ? pod.fresh
              ? TONES[sign]
              : 'unknown'
            : sideTone(inside?.state, inside?.fresh),
    },
    {
      id: 'version',
      title: 'VERSION',
      width: 9,
      priority: 5,
      text: ({ version }) => version ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'lease',
      title: 'LEASE',
      width: 6,
      align: 'right',
      priority: 4,
      text: (row, now) => {
        const span = leaseAge(row, now);
        return row.leader === false || !ELECTED.has(row.kind)
          ? NONE
          : span === null
            ? UNKNOWN
            : age(now - span, now);
      },
      tone: ({ sign, lease }) => (lease !== null && sign === 'down' ? 'bad' : 'muted'),
      value: ({ lease }) => lease?.renewedAt ?? null,
      unit: 'since',
    },
    {
      id: 'cert',
      title: 'CERT',
      width: 6,
      align: 'right',
      priority: 5,
      text: ({ certificate }, now) =>
        certificate === null
          ? UNKNOWN
          : certificate.notAfter <= now
            ? 'ended'
            : duration(certificate.notAfter - now),
      tone: ({ certificate }, now, limits) =>
        certificate === null ? 'muted' : CERTIFICATE_TONES[expiryLevel(certificate, now, limits)],
      value: ({ certificate }) => certificate?.notAfter ?? null,
      unit: 'until',
    },
    {
      id: 'mem',
      title: 'RSS',
      width: 5,
      align: 'right',
      priority: 4,
      text: ({ rssBytes }) => bytes(rssBytes),
      value: ({ rssBytes }) => rssBytes,
    },
    {
      id: 'cap',
      title: 'OF CAP',
      width: 6,
      align: 'right',
      priority: 4,
      text: (row) => (row.memoryCapBytes === null && row.zone ? '-' : percent(memoryShare(row))),
      tone: (row, _now, limits) => toneBy(limits, componentMemoryRule(row), memoryShare(row)),
      value: memoryShare,
    },
    {
      id: 'cpu',
      title: 'CPU',
      width: 5,
      align: 'right',
      priority: 6,
      text: ({ cpuPercent }) => percent(cpuPercent),
      value: ({ cpuPercent }) => cpuPercent,
    },
    {
      id: 'db',
      title: 'DB',
      width: 5,
      align: 'right',
      priority: 5,
      text: ({ etcd, kind }) => (kind === 'etcd' ? bytes(etcd?.dbBytes) : ''),
      tone: (row) => (isInsideStale(row) ? 'unknown' : 'plain'),
      value: ({ etcd }) => etcd?.dbBytes ?? null,
    },
    {
      id: 'inUse',
      title: 'INUSE',
      width: 5,
      align: 'right',
      priority: 7,
      text: ({ etcd, kind }) => (kind === 'etcd' ? bytes(etcd?.inUseBytes) : ''),
      tone: (row) => (isInsideStale(row) ? 'unknown' : 'plain'),
      value: ({ etcd }) => etcd?.inUseBytes ?? null,
    },
    {
      id: 'frag',
      title: 'FRAG',
      width: 4,
      align: 'right',
      priority: 6,
      text: (row) => (row.kind === 'etcd' ? percent(fragmentation(row)) : ''),
      tone: (row, _now, limits) =>
        isInsideStale(row) ? 'unknown' : toneBy(limits, 'etcd.fragmentation', inUseShare(row)),
      value: fragmentation,
    },
    {
      id: 'quota',
      title: 'QUOTA',
      width: 5,
      align: 'right',
      priority: 7,
      text: (row) => (row.kind === 'etcd' ? percent(quotaShare(row)) : ''),
      tone: (row, _now, limits) =>
        isInsideStale(row) ? 'unknown' : toneBy(limits, 'etcd.space', quotaShare(row)),
      value: quotaShare,
    },
    {
      id: 'lag',
      title: 'LAG',
      width: 4,
      align: 'right',
      priority: 8,
      text: ({ raftLag, kind }) => (kind === 'etcd' ? count(raftLag) : ''),
      tone: (row) => (isInsideStale(row) ? 'unknown' : 'muted'),
      value: ({ raftLag }) => raftLag,
    },
    {
      id: 'term',
      title: 'TERM',
      width: 4,
      align: 'right',
      priority: 8,
      text: ({ etcd, kind }) => (kind === 'etcd' ? count(etcd?.term) : ''),
      tone: (row) => (isInsideStale(row) ? 'unknown' : 'muted'),
      value: ({ etcd }) => etcd?.term ?? null,
    },
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 2,
      text: ({ at }, now) => age(at, now),
      tone: ({ fresh }) => (fresh ? 'muted' : 'warn'),
      value: ({ at }) => at,
      unit: 'since',
    },
  ],
  detail,
};

function detail(row: Component, inventory: Inventory, now: EpochMs): readonly DetailBlock[] {
  const { direct, inside, zone, gone, lease, certificate } = row;
  const objects = objectsText(row, inventory);
  const when = (at: EpochMs): string => `${age(at, now)} ago`;
  return [
    {
      title: row.name,
      lines: [
        { label: 'component', text: row.kind },
        { label: 'state', text: row.state, tone: TONES[row.sign] },
        {
          label: 'runs in',
          text: zone === null ? UNKNOWN : `${zone.name} on ${zone.host}, ${zone.stateText}`,
          ...(zone ? { ref: zone.ref } : {}),
        },
        ...(gone === null ? [] : [{ label: 'gone', text: gone, tone: 'bad' as const }]),
        ...(row.pod && row.cluster !== null
          ? [
              {
                label: 'pod',
                text: `${row.pod.name}, ${row.pod.status}, ${row.pod.readyContainers}/${row.pod.totalContainers} ready, ${count(row.pod.restarts)} restarts`,
                ref: podRef(row.cluster, row.pod.namespace, row.pod.name),
              },
            ]
          : []),
        { label: 'version', text: row.version ?? UNKNOWN },
        ...(objects === null ? [] : [{ label: 'objects', text: objects }]),
        {
          label: 'memory',
          text: `${bytes(row.rssBytes)} of ${row.memoryCapBytes === null ? 'no cap' : bytes(row.memoryCapBytes)}`,
        },
        { label: 'cpu', text: percent(row.cpuPercent) },
        ...(certificate
          ? [
              {
                label: 'certificate',
                text: `${certificate.subject}, ends in ${duration(certificate.notAfter - now)}`,
              },
            ]
          : []),
        ...(row.belongs === null
          ? []
          : [
              {
                label: 'of',
                text:
                  row.belongs.is === 'member'
                    ? `${row.cluster ?? UNKNOWN}: ${row.belongs.by}`
                    : `perhaps ${row.cluster ?? UNKNOWN}: ${row.belongs.by}`,
              },
            ]),
        ...(sharersOf(row).length === 0
          ? []
          : [{ label: 'shared', text: `with ${sharersOf(row).join(', ')}` }]),
      ],
    },
    ...(direct
      ? [
          {
            title: 'Over the network',
            lines: [
              { label: 'address', text: direct.address },
              {
                label: 'readyz',
                text: `${direct.state}, ${when(direct.at)}`,
                tone: sideTone(direct.state, direct.fresh),
              },
              { label: 'since', text: duration(now - direct.since) },
              {
                label: 'checks',
                text:
                  direct.failedChecks.length === 0 ? '-' : `fail: ${direct.failedChecks.join(' ')}`,
              },
              { label: 'latency', text: withUnit(count(direct.latencyMs), 'ms') },
              { label: 'error', text: direct.error?.message ?? '-' },
              ...metricLines(row),
            ],
          },
        ]
      : []),
    ...(row.port
      ? [
          {
            title: 'Over the network',
            lines: [
              { label: 'address', text: row.port.address },
              { label: 'handshake', text: `${row.port.state}, ${when(row.port.at)}` },
              { label: 'since', text: duration(now - row.port.since) },
            ],
          },
        ]
      : []),
    ...(inside
      ? [
          {
            title: 'Within its zone',
            lines: [
              {
                label: 'says',
                text: `${inside.state}${inside.reason === null ? '' : `: ${inside.reason}`}, ${when(inside.at)}`,
                tone: sideTone(inside.state, inside.fresh),
              },
              ...etcdLines(row),
            ],
          },
        ]
      : []),
    ...(row.etcd?.peers
      ? [{ title: `Members ${row.etcd.peers.length}`, lines: memberLines(row) }]
      : []),
    ...(lease
      ? [
          {
            title: 'Lease',
            lines: [
              { label: 'holder', text: lease.holder ?? UNKNOWN },
              {
                label: 'renewed',
                text: lease.renewedAt === null ? UNKNOWN : when(lease.renewedAt),
              },
              { label: 'for', text: withUnit(count(lease.durationSeconds), 's') },
              { label: 'changes', text: count(lease.transitions) },
            ],
          },
        ]
      : []),
  ];
}

/** Where an API server keeps its objects, when that is no etcd in a process of its own. */
function objectsText({ kind, zone }: Component, inventory: Inventory): string | null {
  const feeds = zone && findHost(inventory, zone.host)?.feeds;
  if (!feeds || kind !== 'kube-apiserver') return null;
  const files = toldOf(lastValue(feeds.zoneCertificates), zone.name, kind);
  // kine(1) listens there: https://github.com/k3s-io/kine
  if (files?.arguments.get('etcd-servers')?.startsWith('unix:') === true)
    return 'kine in place of etcd: there is no quorum';
  const told = lastValue(feeds.zoneComponents);
  if (!isK3s(zone.role) || toldOf(told, zone.name, kind) === undefined) return null;
  return toldOf(told, zone.name, 'etcd') === undefined
    ? 'k3s is no etcd here: SQLite, or what its datastore-endpoint names'
    : 'etcd in the same process of k3s';
}

function metricLines({ direct }: Component): readonly DetailLine[] {
  const metrics = direct?.metrics;
  if (!metrics) return [];
  return [
    {
      label: 'process',
      text: `${bytes(metrics.residentBytes)}${metrics.residentBytesPerMinute === null ? '' : `, ${metrics.residentBytesPerMinute < 0 ? '-' : '+'}${bytes(Math.abs(metrics.residentBytesPerMinute))} a minute`}`,
    },
    {
      label: 'in flight',
      text: `${count(metrics.inflightReadOnly)} reading, ${count(metrics.inflightMutating)} writing`,
    },
    {
      label: 'p99',
      text: `${withUnit(decimal(metrics.requestP99Ms), 'ms')}, etcd ${withUnit(decimal(metrics.etcdP99Ms), 'ms')}`,
    },
    { label: 'rejected', text: `${decimal(metrics.rejectedPerMinute)} a minute` },
    { label: 'storage', text: bytes(metrics.storageBytes) },
  ];
}

function etcdLines(row: Component): readonly DetailLine[] {
  const { etcd } = row;
  if (!etcd) return [];
  const own = etcd.alarms?.filter(({ member }) => member === etcd.id) ?? [];
  const others = (etcd.alarms?.length ?? 0) - own.length;
  const alarms = own.map(({ alarm }) => alarm).join(' ') || 'none of its own';
  return [
    {
      label: 'member',
      text: `${etcd.id ?? UNKNOWN}${etcd.isLearner === true ? ', a learner' : ''}`,
    },
    {
      label: 'leader',
      text: leaderText(row),
      ...(etcd.hasLeader === false ? { tone: 'bad' as const } : {}),
    },
    { label: 'changes', text: `${count(etcd.leaderChanges)} of the leader since it began` },
    {
      label: 'alarms',
      text:
        etcd.alarms === null
          ? UNKNOWN
          : `${alarms}${others > 0 ? `, ${count(others)} of others` : ''}`,
      ...(own.length > 0 ? { tone: 'bad' as const } : {}),
    },
    {
      label: 'database',
      text: `${bytes(etcd.dbBytes)}, in use ${bytes(etcd.inUseBytes)}, free pages ${percent(fragmentation(row))}`,
    },
    { label: 'quota', text: `${bytes(etcd.quotaBytes)}, ${percent(quotaShare(row))} used` },
    {
      label: 'raft',
      text: `term ${count(etcd.term)}, index ${count(etcd.committed)}, ${count(row.raftLag)} to apply`,
    },
    { label: 'proposals', text: `${count(etcd.pending)} pending, ${count(etcd.failed)} failed` },
    { label: 'fsync p99', text: withUnit(decimal(etcd.fsyncP99Ms), 'ms') },
    { label: 'commit p99', text: withUnit(decimal(etcd.commitP99Ms), 'ms') },
    ...(etcd.apiReason === null
      ? []
      : [{ label: 'clients', text: etcd.apiReason, tone: 'warn' as const }]),
  ];
}

function leaderText({ etcd, leader }: Component): string {
  if (leader === true) return 'this one';
  if (etcd?.hasLeader === false) return 'none';
  const name = etcd?.peers?.find(({ id }) => id === etcd.leaderId)?.name;
  return name || (etcd?.isLeader === true ? UNKNOWN : 'another');
}

/** All members, as one of them tells. */
function memberLines({ etcd }: Component): readonly DetailLine[] {
  return (etcd?.peers ?? []).map(({ id, name, clientUrls, isLearner }) => ({
    label: name || 'not started',
    text: `${id} ${clientUrls.join(' ')}${isLearner ? ' learner' : ''}${id === etcd?.leaderId ? ' leads' : ''}`,
  }));
}
