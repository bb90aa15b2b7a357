import type { HostCommand } from '../../domain/command.ts';
import type { AggrEntry, AggrPort, LinkState } from '../../domain/link.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { parseOfmtRecords } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines } from '../../parse/lines.ts';
import { parseTable } from '../../parse/tables.ts';
import { toLinkState, toSpeedMbps } from './link-fields.ts';

const FIELDS = ['link', 'port', 'speed', 'duplex', 'state', 'address', 'portstate'] as const;

/** The aggregations of a host with the state of each port. No privilege is needed. */
export const dladmShowAggr: HostCommand<'aggrs'> = {
  id: 'dladm-show-aggr',
  feed: 'aggrs',
  pace: 'slow',
  timeoutSeconds: 30,
  question: () => [['dladm', 'show-aggr', '-x', '-p', '-o', FIELDS.join(',')]],
  parse: (stdout) => parseShowAggr(stdout),
  hides: 'link aggregations and their ports',
};

/** `show-aggr -x -p`: `link:port:speed:duplex:state:address:portstate`. */
export const parseShowAggr = (
  stdout: string,
  fields: readonly string[] = FIELDS,
): Parsed<readonly AggrEntry[]> => joinPorts(parseOfmtRecords(splitLines(stdout), fields));

/** The tables for people of `show-aggr`, which has one row per aggregation, and of `show-aggr -x`. */
export const parseShowAggrTable = (text: string): Parsed<readonly AggrEntry[]> =>
  joinPorts(parseTable(text, { required: 'LINK' }));

/** What LACP says of one port: `show-aggr -L`. A port that is down may still look good here. */
export type LacpPort = {
  readonly aggr: string;
  readonly port: string;
  readonly aggregatable: boolean | null;
  readonly sync: boolean | null;
  readonly collecting: boolean | null;
  readonly distributing: boolean | null;
  readonly defaulted: boolean | null;
  readonly expired: boolean | null;
};

/** The table for people: `LINK PORT AGGREGATABLE SYNC COLL DIST DEFAULTED EXPIRED`. */
export const parseShowAggrLacpTable = (text: string): Parsed<readonly LacpPort[]> => {
  let aggr: string | null = null;
  return readRows(parseTable(text, { required: 'LINK' }), (row): LacpPort | Refused => {
    aggr = row.read('link') ?? aggr;
    const port = row.read('port');
    if (aggr === null) return refuse('a port before any aggregation');
    if (port === null) return refuse('no port');
    return {
      aggr,
      port,
      aggregatable: toFlag(row.read('aggregatable')),
      sync: toFlag(row.read('sync')),
      collecting: toFlag(row.read('coll')),
      distributing: toFlag(row.read('dist')),
      defaulted: toFlag(row.read('defaulted')),
      expired: toFlag(row.read('expired')),
    };
  });
};

const toFlag = (text: string | null): boolean | null =>
  text === 'yes' ? true : text === 'no' ? false : null;

type AggrDraft = Pick<AggrEntry, 'name'> & {
  state: LinkState;
  speedMbps: number | null;
  readonly ports: AggrPort[];
};

/** A row without a port is the aggregation; its ports follow, with the link again or with nothing in its place. */
function joinPorts(rows: Parsed<readonly FieldRow[]>): Parsed<readonly AggrEntry[]> {
  const aggrs = new Map<string, AggrDraft>();
  const complaints: Complaint[] = [...rows.complaints];
  let current: string | null = null;
  for (const row of rows.value) {
    current = row.read('link') ?? current;
    if (current === null) {
      complaints.push(complaint(row.line, row.text, 'a port before any aggregation'));
      continue;
    }
    let aggr = aggrs.get(current);
    if (!aggr)
      aggrs.set(current, (aggr = { name: current, state: 'unknown', speedMbps: null, ports: [] }));
    const port = row.read('port');
    if (port !== null) aggr.ports.push(toAggrPort(port, row));
    else {
      aggr.state = toLinkState(row.read('state'));
      aggr.speedMbps = toSpeedMbps(row.read('speed'));
    }
  }
  return { value: [...aggrs.values()], complaints };
}

const toAggrPort = (name: string, row: FieldRow): AggrPort => ({
  name,
  state: toLinkState(row.read('state')),
  speedMbps: toSpeedMbps(row.read('speed')),
  portState: row.read('portstate') ?? 'unknown',
});
