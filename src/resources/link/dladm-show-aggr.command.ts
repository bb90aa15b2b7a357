import { portFaults } from '../../domain/aggr-ports.ts';
import type { HostCommand } from '../../domain/command.ts';
import { known, lastKnown } from '../../domain/feed.ts';
import { followsLinks } from '../../domain/follows-links.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { AggrEntry, AggrPort, LacpState, LinkState } from '../../domain/link.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { toMacAddress } from '../../parse/mac-address.ts';
import { mark, readMarked } from '../../parse/marks.ts';
import { parseTable } from '../../parse/tables.ts';
import { readLinkName, toLinkState, toSpeedMbps } from './link-fields.ts';

const FIELDS = ['link', 'port', 'speed', 'duplex', 'state', 'address', 'portstate'] as const;
const LACP_FIELDS = [
  'link',
  'port',
  'aggregatable',
  'sync',
  'coll',
  'dist',
  'defaulted',
  'expired',
] as const;
const MODE_FIELDS = ['link', 'policy', 'lacpactivity'] as const;
const LACP = 'lacp';
const PORTS = 'ports';

/**
 * The aggregations of a host with each port's state and what LACP says of it. Three forms of show-aggr tell that:
 * how the aggregation is set up, `-L`, and last `-x`, whose exit code is the answer's. A host that has no aggregation
 * is asked the last one only. No privilege is needed.
 */
export const dladmShowAggr: HostCommand<'aggrs'> = {
  id: 'dladm-show-aggr',
  feed: 'aggrs',
  pace: 'slow',
  timeoutSeconds: 30,
  question: (host) => [
    ...(hasAggregations(host)
      ? [
          ['dladm', 'show-aggr', '-p', '-o', MODE_FIELDS.join(',')] as const,
          mark(LACP),
          ['dladm', 'show-aggr', '-L', '-p', '-o', LACP_FIELDS.join(',')] as const,
        ]
      : []),
    mark(PORTS),
    ['dladm', 'show-aggr', '-x', '-p', '-o', FIELDS.join(',')],
  ],
  follows: followsPorts,
  hurries: (host) => (isTroubled(host) ? 1 : null),
  parse: parseShowAggrAnswer,
  hides: 'link aggregations, their ports and what LACP says of these',
};

/** Before the links are known an aggregation may be among them. */
const hasAggregations = ({ feeds }: HostInventory): boolean =>
  lastKnown(feeds.links)?.value.some((link) => link.class === 'aggr') ?? true;

/**
 * LACP has no counters, but a port that it no longer uses sends nothing while its aggregation does, and what it sent goes
 * over the others from one moment to the next: reasons to ask at once. The same goes for one that sends again.
 */
function followsPorts(host: HostInventory): string | null {
  const links = followsLinks(host);
  const kstats = lastKnown(host.feeds.kstats)?.value;
  if (links === null || !kstats) return null;
  const ports = known(host.feeds.aggrs, []).flatMap((aggr) =>
    aggr.ports.map(({ name }) => {
      const [port, whole] = [kstats.links.get(name), kstats.links.get(aggr.name)];
      const now = { port: port?.txBytesPerSecond, whole: whole?.txBytesPerSecond };
      const before = { port: port?.txBytesPerSecondBefore, whole: whole?.txBytesPerSecondBefore };
      if (!isKnown(now) || now.whole <= LEAST_TRAFFIC) return name;
      if (now.port < now.whole / 100) return `${name} quiet`;
      return isKnown(before) && hasMoved(before, now)
        ? `${name} moved at ${kstats.counters.snaptimeSeconds}`
        : name;
    }),
  );
  return [links, ...ports].join('\n');
}

const isTroubled = ({ feeds }: HostInventory): boolean =>
  known(feeds.aggrs, []).some((aggr) =>
    aggr.ports.some((port) => portFaults(aggr, port).length > 0),
  );

/** Bytes per second of an aggregation that say something about its ports. */
const LEAST_TRAFFIC = 5000;

/** Bytes per second that a port of an aggregation sends, and the whole of it. */
type Sent = { readonly port: number; readonly whole: number };
const isKnown = (sent: {
  readonly [K in keyof Sent]: number | null | undefined;
}): sent is Sent => typeof sent.port === 'number' && typeof sent.whole === 'number';

/**
 * Of the part that a port had of the whole so much is left. What it lost within a frame is in it with the time before it: a
 * small loss counts while the whole sends about what it sent, a large one when the port itself sends less too.
 */
const LEFT = { some: 0.9, little: 0.6, itself: 0.75 } as const;
const SAME_WHOLE = 0.12;

function hasMoved(before: Sent, now: Sent): boolean {
  const left = (now.port * before.whole) / (before.port * now.whole);
  const isSteady = Math.abs(now.whole - before.whole) < SAME_WHOLE * before.whole;
  const isLess = now.port < LEFT.itself * before.port;
  return (left < LEFT.little && isLess) || (left < LEFT.some && isSteady);
}

/** All forms together. What only `-L` or the set-up knows is left out: `-x` is the list. */
export function parseShowAggrAnswer(stdout: string): Parsed<readonly AggrEntry[]> {
  const { linesOf, complaints } = readMarked(stdout, [LACP, PORTS]);
  const ports = linesOf(PORTS);
  const aggrs = joinPorts(parseOfmtRecords(ports ?? [], FIELDS));
  const lacp = readLacp(parseOfmtRecords(linesOf(LACP) ?? [], LACP_FIELDS));
  const modes = readAggrRows(parseOfmtRecords(linesOf(null) ?? [], MODE_FIELDS));
  const modeOf = new Map(modes.value.map(({ aggr, row }) => [aggr, row]));
  const stateOf = new Map(lacp.value.map(({ aggr, port, ...state }) => [`${aggr} ${port}`, state]));
  return {
    value: aggrs.value.map((aggr) => ({
      ...aggr,
      policy: modeOf.get(aggr.name)?.read('policy') ?? null,
      lacpActivity: modeOf.get(aggr.name)?.read('lacpactivity') ?? null,
      ports: aggr.ports.map((port) => ({
        ...port,
        lacp: stateOf.get(`${aggr.name} ${port.name}`) ?? null,
      })),
    })),
    complaints: [
      ...modes.complaints,
      ...lacp.complaints,
      ...aggrs.complaints,
      ...complaints,
      ...(ports ? [] : [complaint(0, '', 'the rows of the ports are missing: the output was cut')]),
    ],
  };
}

/** The tables for people of `show-aggr`, which has one row per aggregation, and of `show-aggr -x`. */
export const parseShowAggrTable = (text: string): Parsed<readonly AggrEntry[]> =>
  joinPorts(parseTable(text, { required: 'LINK', wide: 'ADDRPOLICY' }));

/** What LACP says of one port: a row of `show-aggr -L`. */
export type LacpPort = LacpState & { readonly aggr: string; readonly port: string };

/** `link:port:aggregatable:sync:coll:dist:defaulted:expired`, or other fields in their order. */
export const parseShowAggrLacp = (
  stdout: string,
  fields: readonly string[] = LACP_FIELDS,
): Parsed<readonly LacpPort[]> => readLacp(parseOfmtRecords(splitLines(stdout), fields));

/** The table for people: `LINK PORT AGGREGATABLE SYNC COLL DIST DEFAULTED EXPIRED`. */
export const parseShowAggrLacpTable = (text: string): Parsed<readonly LacpPort[]> =>
  readLacp(parseTable(text, { required: 'LINK' }));

/** dladm.c: the aggregation stands in the first of its rows only. */
function readLacp(rows: Parsed<readonly FieldRow[]>): Parsed<readonly LacpPort[]> {
  let aggr: string | null = null;
  return readRows(rows, (row): LacpPort | Refused => {
    const read = toAggrRow(row, aggr);
    if ('refused' in read) return read;
    ({ aggr } = read);
    if (read.port === null) return refuse('no port');
    return {
      aggr,
      port: read.port,
      aggregatable: toFlag(row.read('aggregatable')),
      sync: toFlag(row.read('sync')),
      collecting: toFlag(row.read('coll')),
      distributing: toFlag(row.read('dist')),
      defaulted: toFlag(row.read('defaulted')),
      expired: toFlag(row.read('expired')),
    };
  });
}

const toFlag = (text: string | null): boolean | null =>
  text === 'yes' ? true : text === 'no' ? false : null;

type AggrDraft = Pick<AggrEntry, 'name'> & {
  state: LinkState;
  speedMbps: number | null;
  macAddress: string | null;
  policy: string | null;
  lacpActivity: string | null;
  readonly ports: AggrPort[];
};

const newDraft = (name: string): AggrDraft => ({
  name,
  state: 'unknown',
  speedMbps: null,
  macAddress: null,
  policy: null,
  lacpActivity: null,
  ports: [],
});

/** A row of an aggregation or, with a name of its own, of one of its ports. */
type AggrRow = { readonly aggr: string; readonly port: string | null; readonly row: FieldRow };

/** The link stands in each row of an aggregation, or in the first of them only; then `current` is it. */
function toAggrRow(row: FieldRow, current: string | null): AggrRow | Refused {
  const aggr = row.read('link') === null ? current : readLinkName(row);
  const port = row.read('port') === null ? null : readLinkName(row, 'port');
  const speed = row.read('speed');
  if (aggr === null) return refuse('a port before any aggregation');
  if (typeof aggr !== 'string') return aggr;
  if (port !== null && typeof port !== 'string') return port;
  if (speed !== null && toSpeedMbps(speed) === null)
    return refuse(`speed is not a number: ${speed}`);
  return { aggr, port, row };
}

function readAggrRows(rows: Parsed<readonly FieldRow[]>): Parsed<readonly AggrRow[]> {
  let current: string | null = null;
  return readRows(rows, (row) => {
    const read = toAggrRow(row, current);
    if ('aggr' in read) current = read.aggr;
    return read;
  });
}

/** A row without a port is the aggregation; its ports follow. */
function joinPorts(rows: Parsed<readonly FieldRow[]>): Parsed<readonly AggrEntry[]> {
  const aggrs = new Map<string, AggrDraft>();
  const { value, complaints } = readAggrRows(rows);
  for (const { aggr: name, port, row } of value) {
    let aggr = aggrs.get(name);
    if (!aggr) aggrs.set(name, (aggr = newDraft(name)));
    if (port !== null) aggr.ports.push(toAggrPort(port, row));
    else {
      aggr.state = toLinkState(row.read('state'));
      aggr.speedMbps = toSpeedMbps(row.read('speed'));
      aggr.macAddress = toMacAddress(row.read('address'));
      aggr.policy = row.read('policy');
      aggr.lacpActivity = row.read('lacpactivity');
    }
  }
  return { value: [...aggrs.values()], complaints };
}

const toAggrPort = (name: string, row: FieldRow): AggrPort => ({
  name,
  state: toLinkState(row.read('state')),
  speedMbps: toSpeedMbps(row.read('speed')),
  duplex: row.read('duplex'),
  portState: row.read('portstate') ?? 'unknown',
  lacp: null,
});
