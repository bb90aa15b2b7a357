import type { FoldTimes, HostCommand } from '../../domain/command.ts';
import { followsFrame } from '../../domain/follows-frame.ts';
import { printLinks } from '../../domain/follows-links.ts';
import { allZonesOf } from '../../domain/joined.ts';
import type { Zone } from '../../domain/joined.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { ZoneEntry, ZoneState } from '../../domain/zone.ts';
import { splitZoneadmRecord } from '../../parse/colon-records.ts';
import type { FieldRow, Refused } from '../../parse/field-rows.ts';
import { fieldRow, readRows, refuse } from '../../parse/field-rows.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { parseTable } from '../../parse/tables.ts';

/** zoneadm(8). Releases that print more append to these: OmniOS a debug id, Oracle Solaris four more. */
const FIELDS = ['id', 'name', 'status', 'path', 'uuid', 'brand', 'ip'] as const;
const GLOBAL_ZONE = 'global';
/** States that a zone is in on its way to another. */
const PASSING: ReadonlySet<ZoneState> = new Set(['ready', 'shutting_down', 'down']);

/** Fast intervals: a third of a second of five. */
const AT_ONCE = 0.07;

/** It stands where one passes by that reboots: which of both it does tells the next look. */
const hasJustStopped = ({ state, autoboot, sawStateBegin }: Zone): boolean =>
  state === 'installed' && autoboot === true && sawStateBegin;

/**
 * The zones that run, with their ids, boots and init, as kstat(8) has them, and the links: a link that is gone is one of a
 * zone that ends, or that zone's loss, which only its state tells.
 */
const followsBootsAndLinks = followsFrame((kstats) =>
  [
    ...[...kstats.counters.zones].map(([name, zone]) =>
      [name, zone.zoneId, zone.bootTimeSeconds, zone.initPid].join(' '),
    ),
    printLinks(kstats),
  ].join('\n'),
);

/** The zones of a host and their states. Any user may list them. */
export const zoneadmList: HostCommand<'zones'> = {
  id: 'zoneadm-list',
  feed: 'zones',
  pace: 'fast',
  // A zone that comes, goes or boots shows in the counters at once: only the states between wait for it, and one that is
  // in such a state is looked at sooner.
  every: 2,
  timeoutSeconds: 20,
  follows: followsBootsAndLinks,
  hurries: (known) =>
    allZonesOf(known).some(hasJustStopped)
      ? AT_ONCE
      : allZonesOf(known).some(({ state }) => PASSING.has(state))
        ? 1
        : null,
  question: () => [['zoneadm', 'list', '-cp']],
  // A zone whose configuration or brand cannot be read is left out of the list, with a warning.
  warns: true,
  parse: parseZoneadmList,
  fold: foldZones,
  foldsItself: true,
  hides: 'zones and virtual machines',
};

/** `zoneid:zonename:state:zonepath:uuid:brand:ip-type[:…]`, without the global zone. */
export function parseZoneadmList(stdout: string): Parsed<readonly ZoneEntry[]> {
  const rows: FieldRow[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const values = splitZoneadmRecord(text);
    if (values.length >= FIELDS.length) rows.push(fieldRow(number, text, FIELDS, values));
    else
      complaints.push(
        complaint(number, text, `expected ${FIELDS.length} fields or more, found ${values.length}`),
      );
  }
  return withoutGlobal(readRows({ value: rows, complaints }, toZoneEntry));
}

/** The table of `zoneadm list -cv`: `ID NAME STATUS PATH BRAND IP`, without the global zone. */
export const parseZoneadmTable = (text: string): Parsed<readonly ZoneEntry[]> =>
  withoutGlobal(readRows(parseTable(text, { required: 'NAME', wide: 'PATH' }), toZoneEntry));

const withoutGlobal = ({
  value,
  complaints,
}: Parsed<readonly ZoneEntry[]>): Parsed<readonly ZoneEntry[]> => ({
  value: value.filter(({ name }) => name !== GLOBAL_ZONE),
  complaints,
});

function toZoneEntry(row: FieldRow): ZoneEntry | Refused {
  const name = row.read('name');
  const stateText = row.read('status');
  const id = row.read('id');
  const ipType = row.read('ip');
  if (name === null) return refuse('no zone name');
  if (stateText === null) return refuse('no zone state');
  const uuid = row.read('uuid');
  // A path with a colon that was not escaped would move all that stands behind it.
  if (uuid !== null && !/^[0-9A-Fa-f-]{32,36}$/.test(uuid)) return refuse(`not a UUID: ${uuid}`);
  if (id !== null && parseWhole(id) === null) return refuse(`zone id is not a number: ${id}`);
  return {
    name,
    zoneId: id === null ? null : parseWhole(id),
    state: toZoneState(stateText),
    stateText,
    zonepath: row.read('path') ?? '',
    uuid,
    brand: row.read('brand') ?? 'unknown',
    ipType: ipType === 'excl' || ipType === 'shared' ? ipType : null,
    stateSince: null,
    sawStateBegin: false,
  };
}

/**
 * The zones with the time since which they are in their states. A zone that was away, or that has another id and so
 * was booted between two answers, has come into its state anew.
 */
export function foldZones(
  previous: readonly ZoneEntry[],
  next: readonly ZoneEntry[],
  times: FoldTimes,
): readonly ZoneEntry[] {
  // What repeats itself stays the same list, from the second time on.
  if (previous === next && next.every(({ stateSince }) => stateSince !== null)) return next;
  const before = new Map(previous.map((zone) => [zone.name, zone]));
  return next.map((zone) => {
    const old = before.get(zone.name);
    const isSame =
      old !== undefined && old.stateText === zone.stateText && !isAnotherBoot(old, zone);
    return isSame
      ? {
          ...zone,
          stateSince: old.stateSince ?? times.previous,
          sawStateBegin: old.sawStateBegin,
        }
      : { ...zone, stateSince: times.next, sawStateBegin: true };
  });
}

/** zoneadm(8) may show an id for a zone that is not in the kernel: only that of a running one tells its boot. */
const isAnotherBoot = (before: ZoneEntry, now: ZoneEntry): boolean =>
  now.state === 'running' && before.zoneId !== now.zoneId;

function toZoneState(text: string): ZoneState {
  switch (text) {
    case 'configured':
    case 'incomplete':
    case 'installed':
    case 'ready':
    case 'mounted':
    case 'running':
    case 'shutting_down':
    case 'down':
      return text;
    default:
      return 'unknown';
  }
}
