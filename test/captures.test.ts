import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Parsed } from '../src/domain/parsed.ts';
import { parseOfmtRecords, splitOfmtRecord } from '../src/parse/colon-records.ts';
import { parseKstatText } from '../src/parse/kstat-lines.ts';
import { splitLines } from '../src/parse/lines.ts';
import { parseTable } from '../src/parse/tables.ts';
import { hostCommands } from '../src/registry.ts';
import { parseZfsListTable } from '../src/resources/dataset/zfs-list.command.ts';
import { parseIostatErrors } from '../src/resources/disk/disk-names.command.ts';
import { parseBeadmList, parseBeadmTable } from '../src/resources/host/beadm-list.command.ts';
import { parsePsrinfo } from '../src/resources/host/psrinfo.command.ts';
import { parseSvcsZones } from '../src/resources/host/svcs-zones.command.ts';
import { parseSvcs } from '../src/resources/host/svcs.command.ts';
import {
  parseShowAggrLacp,
  parseShowAggrLacpTable,
  parseShowAggrTable,
} from '../src/resources/link/dladm-show-aggr.command.ts';
import {
  parseShowBridge,
  parseShowBridgeTable,
} from '../src/resources/link/dladm-show-bridge.command.ts';
import {
  parseShowLink,
  parseShowLinkTable,
} from '../src/resources/link/dladm-show-link.command.ts';
import { parseLinkProperties } from '../src/resources/link/dladm-show-linkprop.command.ts';
import {
  parseShowPhys,
  parseShowPhysAddressTable,
  parseShowPhysTable,
} from '../src/resources/link/dladm-show-phys.command.ts';
import {
  parseShowVlan,
  parseShowVlanTable,
} from '../src/resources/link/dladm-show-vlan.command.ts';
import {
  parseShowVnic,
  parseShowVnicTable,
} from '../src/resources/link/dladm-show-vnic.command.ts';
import {
  parseShowAddr,
  parseShowAddrTable,
} from '../src/resources/link/ipadm-show-addr.command.ts';
import { parseZpoolListTable } from '../src/resources/pool/zpool-list.command.ts';
import { parseZpoolStatus } from '../src/resources/pool/zpool-status.command.ts';
import { parseZoneadmList, parseZoneadmTable } from '../src/resources/zone/zoneadm-list.command.ts';
import {
  parseZonecfgExports,
  parseZonecfgInfo,
} from '../src/resources/zone/zonecfg-export.command.ts';

/** Output of real systems that lies beside the repository where it may not lie in it. */
const folder = join(import.meta.dirname, '../../shared/fixtures/illumos');
const files = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .toSorted()
  : [];

/** What a parser made of a file, and what the file itself holds, counted in another way. */
type Reading = {
  readonly parsed: Parsed<unknown>;
  readonly rows: number;
  readonly expected: number;
};
/** Reads the files whose names fit; the first that fits a file is the one. */
type Reader = {
  readonly files: RegExp;
  readonly read: (text: string, name: string) => Reading;
};

const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
/** Counts the lines of a file that fit, or that do not. */
const matching = (pattern: RegExp) => (text: string) =>
  linesOf(text).filter((line) => pattern.test(line)).length;
const notMatching = (pattern: RegExp) => (text: string) =>
  linesOf(text).length - matching(pattern)(text);

/** A command whose parser makes one row of each line that is counted: all that a new command needs. */
const rows = (
  names: RegExp,
  parse: (text: string) => Parsed<readonly unknown[]>,
  count: (text: string) => number,
): Reader => ({ files: names, read: (text) => list(parse(text), count(text)) });

const list = (parsed: Parsed<readonly unknown[]>, expected: number): Reading => ({
  parsed,
  rows: parsed.value.length,
  expected,
});

const HEADER = /^\s*(?:LINK|Link|BRIDGE|ADDROBJ|IFNAME)(?:\s|$)/;
const HEADER_TITLE = /^[ \t]*(LINK|Link|BRIDGE|ADDROBJ|IFNAME)(?:\s|$)/m;

/**
 * A command of libofmt: the table for people when the file has a header line, else the parsable form, with the fields
 * that the name of the file tells (`…-po-link-zone-over-speed-1.txt`) or the ones that are given.
 */
const ofmt = (
  names: RegExp,
  fields: (text: string, names?: readonly string[]) => Parsed<readonly unknown[]>,
  table: (text: string) => Parsed<readonly unknown[]>,
  usual: readonly string[] = [],
): Reader => ({
  files: names,
  read: (text, name) => {
    if (linesOf(text).some((line) => HEADER.test(line)))
      return list(table(text), notMatching(HEADER)(text));
    const count = splitOfmtRecord(linesOf(text)[0] ?? '').length;
    const named = /-po?-(.+?)-?[0-9]*\.txt$/.exec(name)?.[1]?.split('-');
    return named?.length === count || count === usual.length
      ? list(fields(text, named?.length === count ? named : usual), linesOf(text).length)
      : readAnyOfmt(text);
  },
});

/** Any output of libofmt by its layout alone: rows with all their fields. */
function readAnyOfmt(text: string): Reading {
  const title = HEADER_TITLE.exec(text)?.[1];
  if (title !== undefined)
    return list(parseTable(text, { required: title.toUpperCase() }), notMatching(HEADER)(text));
  const count = splitOfmtRecord(linesOf(text)[0] ?? '').length;
  const unnamed = Array.from({ length: count }, (_, index) => `field${index}`);
  return list(parseOfmtRecords(splitLines(text), unnamed), linesOf(text).length);
}

/** Pools and devices of `zpool status`; of several pools in one file all. */
function readZpoolStatus(text: string): Reading {
  const parsed = parseZpoolStatus(text);
  const devices = parsed.value.reduce((sum, pool) => sum + pool.vdevs.length, 0);
  const expectedDevices = matching(
    /^\s*(?!(?:state|status|action|see|scan|scrub|errors|pool|logs|cache)\b)\S+\s+(?:ONLINE|DEGRADED|FAULTED|OFFLINE|REMOVED|UNAVAIL|AVAIL|INUSE)(?:\s|$)/,
  )(text);
  return {
    parsed,
    rows: parsed.value.length * 1000 + devices,
    expected: matching(/^\s*pool: /)(text) * 1000 + expectedDevices,
  };
}

/** Aggregations and their ports. */
function readAggr(text: string): Reading {
  const parsed = parseShowAggrTable(text);
  const ports = parsed.value.reduce((sum, aggr) => sum + aggr.ports.length, 0);
  return { parsed, rows: parsed.value.length + ports, expected: notMatching(HEADER)(text) };
}

const LINK = ['link', 'class', 'mtu', 'state', 'bridge', 'over'];
const LINKPROP = ['link', 'property', 'perm', 'value', 'default', 'possible'];

/** One line for each form of output of each command. */
const READERS: readonly Reader[] = [
  rows(/^kstat-/, parseKstatText, notMatching(/^\s*(?:module:|name:.*class:|[0-9]{9,11}$)/)),
  {
    files: /^zoneadm-list-/,
    read: (text) =>
      /^\s*ID\s+NAME/m.test(text)
        ? list(parseZoneadmTable(text), notMatching(/^\s*(?:ID|[0-9]+\s+global)\s/)(text))
        : list(parseZoneadmList(text), notMatching(/^[0-9]+:global:/)(text)),
  },
  {
    files: /^zonecfg-info-/,
    read: (text) => {
      const parsed = parseZonecfgInfo(text);
      const expected = matching(/^a?net(?: [0-9]+)?:\s*$/)(text);
      return { parsed, rows: parsed.value?.nets.length ?? -1, expected };
    },
  },
  {
    files: /^zonecfg-export-/,
    read: (text) => {
      const parsed = parseZonecfgExports(`=== labtop: zone z1\n${text}`);
      const expected = matching(/^add a?net\s*$/)(text);
      return { parsed, rows: parsed.value[0]?.nets.length ?? -1, expected };
    },
  },
  rows(
    /^zpool-list-/,
    parseZpoolListTable,
    notMatching(/^(?:\s|NAME\s|no pools|(?:logs?|cache|spares?|special|dedup)\s+-)/),
  ),
  {
    files: /^zfs-list-/,
    // One is a table of pools under this name, one ends with the mark of the page that it was taken from.
    read: (text) =>
      /^NAME.*\sHEALTH\s/m.test(text)
        ? list(parseZpoolListTable(text), notMatching(/^NAME\s/)(text))
        : list(
            parseZfsListTable(text.replaceAll(/^```$/gm, '')),
            notMatching(/^(?:NAME\s|```$)/)(text),
          ),
  },
  { files: /^zpool-status-/, read: readZpoolStatus },
  rows(
    /^beadm-list-/,
    (text) => (/^\s*BE\s/m.test(text) ? parseBeadmTable(text) : parseBeadmList(text)),
    notMatching(/^\s*BE\s/),
  ),
  rows(/^psrinfo-(?!p-|vp-|pv-)/, parsePsrinfo, matching(/\S/)),
  {
    files: /^svcs-(?:x|Zx|xZ|vx|xv)-/,
    read: (text) => {
      const parsed = parseSvcs(`=== labtop: explain\n${text}`);
      const expected = matching(/^svc:/)(text);
      return { parsed, rows: parsed.value.explanations.length, expected };
    },
  },
  {
    files: /^svcs-.*zone-state/,
    read: (text) => {
      const parsed = parseSvcsZones(text);
      const services = [...parsed.value.zones.values()].reduce((sum, { count }) => sum + count, 0);
      return { parsed, rows: services, expected: notMatching(/^\s*(?:ZONE|global)\s/)(text) };
    },
  },
  {
    files: /^svcs-(?!l-|p-|pv-)/,
    read: (text) => {
      const parsed = parseSvcs(text);
      const expected = notMatching(/^\s*(?:ZONE|STATE)\s/)(text);
      return { parsed, rows: parsed.value.services.length, expected };
    },
  },
  rows(/^iostat-E/, parseIostatErrors, matching(/\bSoft Errors:/)),
  ofmt(/^dladm-show-aggr-L/, parseShowAggrLacp, parseShowAggrLacpTable),
  {
    files: /^dladm-show-aggr-/,
    read: (text) => (/RBYTES|^[^ ]+:/m.test(text) ? readAnyOfmt(text) : readAggr(text)),
  },
  ofmt(/^dladm-show-bridge-(?!l|s|f|t)/, parseShowBridge, parseShowBridgeTable),
  ofmt(/^dladm-show-link-(?!S|s)/, parseShowLink, parseShowLinkTable, LINK),
  rows(
    /^dladm-show-linkprop-c/,
    (text) => parseLinkProperties(text, LINKPROP),
    notMatching(HEADER),
  ),
  ofmt(/^dladm-show-phys-m/, parseShowPhys, parseShowPhysAddressTable),
  ofmt(/^dladm-show-phys-/, parseShowPhys, parseShowPhysTable),
  ofmt(/^dladm-show-vlan-/, parseShowVlan, parseShowVlanTable),
  ofmt(/^dladm-show-vnic-/, parseShowVnic, parseShowVnicTable),
  ofmt(/^ipadm-show-addr-/, parseShowAddr, parseShowAddrTable, [
    'addrobj',
    'type',
    'state',
    'addr',
  ]),
  { files: /^(?:dladm|ipadm)-show-/, read: readAnyOfmt },
];

const readings = files.flatMap((name) => {
  const reader = READERS.find(({ files: names }) => names.test(name));
  const text = reader && readFileSync(join(folder, name), 'utf8');
  return reader && text !== undefined ? [{ name, ...reader.read(text, name) }] : [];
});

test.for(readings)('$name is read without loss', ({ parsed, rows: found, expected }) => {
  expect(parsed.complaints).toEqual([]);
  expect(found).toBe(expected);
});

test('no output of a command that the console asks is left out', ({ skip }) => {
  skip(files.length === 0, 'there is no folder ../shared/fixtures/illumos beside the repository');
  const read = new Set(readings.map(({ name }) => name));
  /** Parts of an answer, and options that the console never uses. */
  const isOtherForm = (name: string): boolean =>
    /^(?:fmadm-faulty-(?:body|r)|svcs-(?:l|p|pv)-|psrinfo-(?:p|vp|pv)-)/.test(name);
  const left = files.filter(
    (name) =>
      hostCommands.some(({ id }) => name.startsWith(`${id}-`)) &&
      !read.has(name) &&
      !isOtherForm(name),
  );
  expect(left).toEqual([]);
});

test.for(hostCommands.map(({ id, parse }) => ({ id, parse })))(
  '$id makes rows or complaints of whatever another program prints, and never throws',
  ({ parse }) => {
    for (const name of files) {
      const text = readFileSync(join(folder, name), 'utf8');
      expect(() => parse(text), name).not.toThrow();
    }
  },
);
