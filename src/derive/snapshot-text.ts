import {
  bytes,
  count,
  decimal,
  duration,
  percent,
  plural,
  rates,
  UNKNOWN,
} from '../domain/format.ts';
import type { IsoTime, ProblemJson, SnapshotJson } from './snapshot-json.ts';

export type SnapshotPane = 'problems' | 'hosts' | 'zones' | 'vms' | 'vlans' | 'cluster';
export const SNAPSHOT_PANES: readonly SnapshotPane[] = [
  'problems',
  'hosts',
  'zones',
  'vms',
  'vlans',
  'cluster',
];

export type SnapshotTextOptions = {
  /** Only this part; all of them without it. */
  readonly pane?: SnapshotPane;
  /** Terminal cells of a text; without it each UTF-16 unit counts as one. */
  readonly width?: (text: string) => number;
};

/** One column of a printed table. */
type Field<Row> = {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly right?: true;
};

/** A snapshot for people: problems first, then a table per pane, aligned, without colour. Ends with a newline. */
export function renderSnapshotText(
  snapshot: SnapshotJson,
  options: SnapshotTextOptions = {},
): string {
  const width = options.width ?? ((text: string) => text.length);
  const panes = options.pane === undefined ? SNAPSHOT_PANES : [options.pane];
  const blocks = panes.map((pane) => PANES[pane](snapshot, width));
  return `${[`labtop ${snapshot.at}`, ...blocks].join('\n\n')}\n`;
}

type Width = (text: string) => number;

const PANES: Readonly<Record<SnapshotPane, (snapshot: SnapshotJson, width: Width) => string>> = {
  problems: problemsText,
  hosts: ({ hosts, sources, pools, at }, width) =>
    block(
      plural(hosts.length, 'host'),
      hosts,
      [
        { title: 'HOST', text: ({ name }) => name },
        { title: 'STATE', text: ({ state }) => state },
        {
          title: 'UP',
          right: true,
          text: ({ bootedAt }) => since(bootedAt, at),
        },
        { title: 'CPU', right: true, text: ({ cpuPercent }) => percent(cpuPercent) },
        { title: 'LOAD', right: true, text: ({ load1 }) => decimal(load1) },
        { title: 'MEM', right: true, text: ({ memoryTotalBytes }) => bytes(memoryTotalBytes) },
        { title: 'FREE', right: true, text: ({ memoryFreeBytes }) => bytes(memoryFreeBytes) },
        { title: 'ARC', right: true, text: ({ arcBytes }) => bytes(arcBytes) },
        {
          title: 'ZONES',
          right: true,
          text: ({ zonesRunning, zonesTotal }) => `${count(zonesRunning)}/${count(zonesTotal)}`,
        },
        {
          title: 'POOLS',
          text: ({ name }) =>
            pools
              .filter(({ host }) => host === name)
              .map((pool) => `${pool.name} ${pool.state} ${percent(pool.capacityPercent)}`)
              .join(', ') || UNKNOWN,
        },
        { title: 'RELEASE', text: ({ release }) => release ?? UNKNOWN },
        {
          title: 'ERROR',
          text: ({ name }) =>
            sources.find((source) => source.kind === 'ssh' && source.name === name)?.error ?? '',
        },
      ],
      width,
    ),
  zones: ({ zones, at }, width) =>
    block(
      plural(zones.length, 'zone'),
      zones,
      [
        { title: 'ZONE', text: ({ name }) => name },
        { title: 'HOST', text: ({ host }) => host },
        { title: 'STATE', text: ({ state }) => state },
        { title: 'BRAND', text: ({ brand }) => brand },
        { title: 'UP', right: true, text: ({ bootedAt }) => since(bootedAt, at) },
        { title: 'CPU', right: true, text: ({ cpuPercent }) => percent(cpuPercent) },
        { title: 'RSS', right: true, text: ({ rssBytes }) => bytes(rssBytes) },
        {
          title: 'CAP',
          right: true,
          text: ({ memoryCapBytes }) => (memoryCapBytes === null ? '-' : bytes(memoryCapBytes)),
        },
        { title: 'VLANS', text: ({ vlans }) => vlans.join(',') || UNKNOWN },
        { title: 'ADDRESSES', text: ({ addresses }) => addresses.join(' ') || UNKNOWN },
      ],
      width,
    ),
  vms: ({ vms }, width) =>
    block(
      plural(vms.length, 'VM'),
      vms,
      [
        { title: 'VM', text: ({ name }) => name },
        { title: 'HOST', text: ({ host }) => host ?? UNKNOWN },
        { title: 'STATE', text: ({ state }) => state },
        { title: 'KIND', text: ({ kind }) => kind },
        { title: 'VCPUS', right: true, text: ({ vcpus }) => count(vcpus) },
        { title: 'RAM', right: true, text: ({ memoryBytes }) => bytes(memoryBytes) },
        { title: 'CPU', right: true, text: ({ cpuPercent }) => percent(cpuPercent) },
        { title: 'RSS', right: true, text: ({ rssBytes }) => bytes(rssBytes) },
        { title: 'VLANS', text: ({ vlans }) => vlans.join(',') || UNKNOWN },
      ],
      width,
    ),
  vlans: ({ vlans, links }, width) =>
    block(
      plural(vlans.length, 'VLAN'),
      vlans,
      [
        { title: 'VLAN', right: true, text: ({ id }) => String(id) },
        { title: 'NAME', text: ({ name }) => name ?? '' },
        { title: 'HOSTS', text: ({ hosts }) => hosts.join(' ') },
        { title: 'LINKS', right: true, text: (vlan) => String(vlan.links.length) },
        { title: 'ZONES', right: true, text: ({ zones }) => String(zones.length) },
        { title: 'VMS', right: true, text: ({ vms }) => String(vms.length) },
        {
          title: 'IN/OUT',
          right: true,
          text: ({ id }) => {
            const own = links.filter(({ vlan }) => vlan === id);
            return rates(
              sum(own.map(({ rxBytesPerSecond }) => rxBytesPerSecond)),
              sum(own.map(({ txBytesPerSecond }) => txBytesPerSecond)),
            );
          },
        },
      ],
      width,
    ),
  cluster: ({ clusters, sources }, width) =>
    clusters.length === 0
      ? '0 clusters'
      : clusters
          .map(({ name, version, api, nodes, pods, workloads }) => {
            const error = sources.find(
              (source) => source.kind === 'kubernetes' && source.name === name,
            )?.error;
            const latency = api.latencyMs === null ? '' : ` ${Math.round(api.latencyMs)} ms`;
            const head = [
              `cluster ${clean(name)} ${clean(version ?? UNKNOWN)}`,
              `api ${api.state}${latency}${error ? ` (${clean(error)})` : ''}`,
              `pods ${count(pods.running)}/${count(pods.total)} running`,
            ].join('  ');
            const parts = [
              block(
                head,
                nodes,
                [
                  { title: 'NODE', text: (node) => node.name },
                  { title: 'STATUS', text: ({ status }) => status },
                  { title: 'ROLES', text: ({ roles }) => roles.join(',') },
                  { title: 'ARCH', text: ({ architecture }) => architecture ?? UNKNOWN },
                  { title: 'VERSION', text: (node) => node.version ?? UNKNOWN },
                  { title: 'ADDRESS', text: ({ internalIp }) => internalIp ?? UNKNOWN },
                ],
                width,
              ),
            ];
            if (pods.failing.length > 0)
              parts.push(
                block(
                  `${plural(pods.failing.length, 'pod')} failing`,
                  pods.failing,
                  [
                    { title: 'POD', text: (pod) => `${pod.namespace}/${pod.name}` },
                    { title: 'STATUS', text: ({ status }) => status },
                    { title: 'RESTARTS', right: true, text: ({ restarts }) => String(restarts) },
                    { title: 'NODE', text: ({ node }) => node ?? UNKNOWN },
                    { title: 'REASON', text: ({ reason }) => reason ?? '' },
                  ],
                  width,
                ),
              );
            const unwell = workloads.filter(({ state }) => UNWELL.has(state));
            if (unwell.length > 0)
              parts.push(
                block(
                  `${plural(unwell.length, 'workload')} not well`,
                  unwell,
                  [
                    { title: 'KIND', text: ({ kind }) => kind },
                    { title: 'NAME', text: (each) => `${each.namespace}/${each.name}` },
                    { title: 'STATE', text: ({ state }) => state },
                    {
                      title: 'READY',
                      right: true,
                      text: ({ ready, desired }) => `${count(ready)}/${count(desired)}`,
                    },
                  ],
                  width,
                ),
              );
            return parts.join('\n\n');
          })
          .join('\n\n'),
};

/** States of a workload that a person wants to hear of. */
const UNWELL: ReadonlySet<string> = new Set(['partial', 'unavailable', 'stalled', 'failed']);

/** Causes with what they explain beneath them. */
function problemsText({ problems, at }: SnapshotJson, width: Width): string {
  if (problems.length === 0) return 'nothing wrong';
  const beneath = Map.groupBy(problems, ({ cause }) => cause);
  const roots = beneath.get(null) ?? [];
  const rows: (readonly [depth: number, problem: ProblemJson])[] = [];
  const add = (problem: ProblemJson, depth: number): void => {
    rows.push([depth, problem]);
    for (const below of beneath.get(problem.id) ?? []) add(below, depth + 1);
  };
  for (const root of roots) add(root, 0);
  return block(
    plural(roots.length, 'problem'),
    rows,
    [
      { title: 'SEVERITY', text: ([, { severity }]) => severity },
      { title: 'FOR', right: true, text: ([, problem]) => since(problem.since, at) },
      { title: 'SUBJECT', text: ([depth, { subject }]) => `${'  '.repeat(depth)}${subject}` },
      { title: 'FOLDS', right: true, text: ([, { consequences }]) => String(consequences) },
      { title: 'WHAT', text: ([, { title }]) => title },
      { title: 'NEXT', text: ([, { hint }]) => hint },
    ],
    width,
  );
}

const since = (from: IsoTime | null, at: IsoTime): string =>
  from === null ? UNKNOWN : duration(Date.parse(at) - Date.parse(from));

const sum = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value !== null)
    ? values.reduce<number>((total, value) => total + (value ?? 0), 0)
    : null;

/** A cell stays on its line; blanks before it are an indent. */
const clean = (text: string): string => text.replaceAll(/[\t\n]/g, ' ').trimEnd();

function block<Row>(
  title: string,
  rows: readonly Row[],
  fields: readonly Field<Row>[],
  width: Width,
): string {
  if (rows.length === 0) return title;
  const cells = [
    fields.map((field) => field.title),
    ...rows.map((row) => fields.map(({ text }) => clean(text(row)))),
  ];
  const widths = fields.map((_, column) =>
    cells.reduce((widest, line) => Math.max(widest, width(line[column] ?? '')), 0),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
        return fields[column]?.right ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines].join('\n');
}
