import { apiSign, componentsOf } from '../../domain/component.ts';
import type { Component } from '../../domain/component.ts';
import type { ApiServer } from '../../domain/control-plane.ts';
import { age, bytes, duration, percent, shortDuration, UNKNOWN } from '../../domain/format.ts';
import { clusterRef, hostRef, zoneRef } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { DetailBlock, DetailLine, Sign, Tone, View } from '../../domain/view.ts';

const SIGN_TONES: Readonly<Partial<Record<Sign, Tone>>> = {
  down: 'bad',
  warning: 'warn',
  degraded: 'warn',
  changing: 'info',
  unknown: 'unknown',
};

/** What it answers, in a word; why not, where it says so. */
function readyText({ api, apiFresh }: Component): string {
  if (api === null) return UNKNOWN;
  if (!apiFresh) return 'unknown';
  if (api.state === 'ok') return 'ready';
  return api.state === 'failing' && api.failedChecks.length > 0
    ? `failing ${api.failedChecks.join(',')}`
    : api.state;
}

const zoneText = ({ zone, zoneFresh }: Component): string =>
  zone === null ? UNKNOWN : zoneFresh ? zone.stateText : 'unknown';

const zoneTone = ({ zone, zoneFresh }: Component): Tone => {
  if (zone === null || !zoneFresh) return 'unknown';
  return zone.state === 'running' ? 'muted' : 'bad';
};

/** Only of a zone that its host tells of now. */
const live = <T>(
  { zone, zoneFresh }: Component,
  pick: (zone: NonNullable<Component['zone']>) => T,
) => (zone === null || !zoneFresh ? null : pick(zone));

const memoryPercent = (component: Component): number | null =>
  live(component, ({ rssBytes, memoryCapBytes }) =>
    rssBytes === null || memoryCapBytes === null || memoryCapBytes === 0
      ? null
      : (rssBytes / memoryCapBytes) * 100,
  );

const latency = ({ api, apiFresh }: Component): number | null =>
  api !== null && apiFresh ? api.latencyMs : null;

const leaderText = ({ leads }: Component): string =>
  leads === null ? UNKNOWN : leads ? 'leader' : '-';

const dataAt = ({ zone, api }: Component): EpochMs | null => zone?.at ?? api?.at ?? null;

/**
 * Cluster pane, tab control plane: each instance of its parts with the zone and host that it runs in, how it is as its
 * zone tells and as it answers itself. The zones' side is read over SSH, so that it is true while the API is silent.
 */
export const controlPlaneView: View<Component> = {
  id: 'control-plane',
  title: 'Control plane',
  rows: componentsOf,
  parts: ({ hosts, clusters }) => [
    hosts,
    ...clusters.flatMap(({ name, feeds }) => [name, feeds.controlPlane]),
  ],
  key: ({ ref }) => ref,
  sign: ({ sign }) => sign,
  at: dataAt,
  stale: ({ zone, zoneFresh, apiFresh }) => (zone === null ? !apiFresh : !zoneFresh),
  columns: [
    {
      id: 'component',
      title: 'COMPONENT',
      width: 18,
      priority: 0,
      text: ({ kind }) => (kind === 'kube-controller-manager' ? 'controller-manager' : kind),
    },
    { id: 'instance', title: 'INSTANCE', width: 14, priority: 0, text: ({ name }) => name },
    {
      id: 'host',
      title: 'HOST',
      width: 8,
      priority: 1,
      text: ({ zone }) => zone?.host ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'vlan',
      title: 'VLAN',
      width: 8,
      priority: 8,
      text: ({ zone }) => zone?.vlans.join(',') || UNKNOWN,
      value: ({ zone }) => zone?.vlans[0] ?? null,
      tone: () => 'muted',
    },
    { id: 'state', title: 'ZONE', width: 9, priority: 1, text: zoneText, tone: zoneTone },
    {
      id: 'ready',
      title: 'ANSWERS',
      width: 'grow',
      priority: 2,
      text: readyText,
      tone: (row) => SIGN_TONES[apiSign(row)] ?? 'muted',
    },
    {
      id: 'latency',
      title: 'TOOK',
      width: 6,
      align: 'right',
      priority: 4,
      text: (row) => {
        const ms = latency(row);
        return ms === null ? UNKNOWN : `${Math.max(1, Math.round(ms / 5) * 5)}ms`;
      },
      value: latency,
    },
    {
      id: 'leader',
      title: 'LEADS',
      width: 6,
      priority: 5,
      text: leaderText,
      tone: ({ leads }) => (leads === true ? 'accent' : 'muted'),
    },
    {
      id: 'rss',
      title: 'RSS',
      width: 5,
      align: 'right',
      priority: 2,
      text: (row) => bytes(live(row, ({ rssBytes }) => rssBytes)),
      value: (row) => live(row, ({ rssBytes }) => rssBytes),
    },
    {
      id: 'cap',
      title: 'CAP%',
      width: 5,
      align: 'right',
      priority: 3,
      text: (row) => percent(memoryPercent(row)),
      tone: (row) => {
        const used = memoryPercent(row);
        return used === null ? 'unknown' : used >= 95 ? 'bad' : used >= 90 ? 'warn' : 'plain';
      },
      value: memoryPercent,
    },
    {
      id: 'cpu',
      title: 'CPU%',
      width: 5,
      align: 'right',
      priority: 4,
      text: (row) => percent(live(row, ({ cpuPercent }) => cpuPercent)),
      value: (row) => live(row, ({ cpuPercent }) => cpuPercent),
    },
    {
      id: 'up',
      title: 'UP',
      width: 5,
      align: 'right',
      priority: 6,
      text: (row, now) => {
        const booted = live(row, ({ bootedAt }) => bootedAt);
        return booted === null ? UNKNOWN : shortDuration(now - booted);
      },
      value: (row) => live(row, ({ bootedAt }) => bootedAt),
    },
    {
      id: 'version',
      title: 'VERSION',
      width: 9,
      priority: 9,
      text: ({ api }) => api?.version ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'cluster',
      title: 'CLUSTER',
      width: 10,
      priority: 10,
      text: ({ cluster }) => cluster ?? UNKNOWN,
      tone: () => 'muted',
    },
    {
      id: 'age',
      title: 'AGE',
      width: 4,
      align: 'right',
      priority: 3,
      text: (row, now) => age(dataAt(row), now),
      tone: ({ zone, zoneFresh, apiFresh }) =>
        (zone === null ? apiFresh : zoneFresh) ? 'muted' : 'warn',
    },
  ],
  detail: (row, _inventory, now) => [placeBlock(row), ...(row.api ? [apiBlock(row.api, now)] : [])],
};

function placeBlock(row: Component): DetailBlock {
  const { zone, cluster } = row;
  return {
    title: row.kind,
    lines: [
      ...(cluster === null ? [] : [{ label: 'cluster', text: cluster, ref: clusterRef(cluster) }]),
      ...(zone === null
        ? [{ label: 'zone', text: `${UNKNOWN} no zone is known to have its address` }]
        : [
            { label: 'zone', text: zone.name, ref: zoneRef(zone.host, zone.name) },
            { label: 'host', text: zone.host, ref: hostRef(zone.host) },
            { label: 'zone state', text: zoneText(row), tone: zoneTone(row) },
          ]),
      { label: 'leads', text: leaderText(row) },
    ],
  };
}

function apiBlock(api: ApiServer, now: EpochMs): DetailBlock {
  const line = (label: string, text: string): DetailLine => ({ label, text });
  return {
    title: 'As it answers',
    lines: [
      line('address', api.address),
      {
        label: 'state',
        text: `${api.state} for ${duration(now - api.since)}`,
        tone: api.state === 'ok' ? 'ok' : 'bad',
      },
      ...(api.failedChecks.length === 0 ? [] : [line('fails', api.failedChecks.join(', '))]),
      ...(api.error === null
        ? []
        : [
            { label: 'because', text: api.error.message, tone: 'bad' as const },
            ...(api.error.hint === '' ? [] : [line('next', api.error.hint)]),
          ]),
      line('took', api.latencyMs === null ? UNKNOWN : `${Math.round(api.latencyMs)} ms`),
      line('version', api.version ?? UNKNOWN),
      line('asked', `${age(api.at, now)} ago`),
      line('last ready', api.readyAt === null ? 'never' : `${age(api.readyAt, now)} ago`),
      line('known by', api.from),
    ],
  };
}
