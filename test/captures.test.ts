import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { HostCommand } from '../src/domain/command.ts';
import type { Parsed } from '../src/domain/parsed.ts';
import { parseOfmtRecords, splitOfmtRecord } from '../src/parse/colon-records.ts';
import { parseKstatText } from '../src/parse/kstat-lines.ts';
import { splitLines } from '../src/parse/lines.ts';
import { parseTable } from '../src/parse/tables.ts';
import { hostCommands } from '../src/registry.ts';
import { parseZfsListTable } from '../src/resources/dataset/zfs-list.command.ts';
import { parseIostatErrors } from '../src/resources/disk/disk-names.command.ts';
import { parseBeadmList, parseBeadmTable } from '../src/resources/host/beadm-list.command.ts';
import { parseFmadmFaulty } from '../src/resources/host/fmadm-faulty.command.ts';
import { parseHostIdentity } from '../src/resources/host/host-identity.command.ts';
import { parseMessages } from '../src/resources/host/messages.command.ts';
import { parsePsrinfo } from '../src/resources/host/psrinfo.command.ts';
import { parseNeighbours, parseRoutes } from '../src/resources/host/ssh-session.command.ts';
import { parseSvcsZones } from '../src/resources/host/svcs-zones.command.ts';
import { parseSvcs } from '../src/resources/host/svcs.command.ts';
import { parseTimeSync } from '../src/resources/host/time-sync.command.ts';
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
import { createLabInventory } from './support/lab-inventory.ts';
import { lostLine } from './support/parsers/checks.ts';

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
  /** Lines that may be there or not: rulers, titles, and what is not kept. */
  readonly passedOver?: RegExp;
};

const VERBS: ReadonlySet<string> = new Set([
  'zoneadm',
  'zpool',
  'zfs',
  'dladm',
  'ipadm',
  'beadm',
  'fmadm',
]);
/** Programs that only stand between others, or that print what has no form of its own. */
const OTHER_STEPS: ReadonlySet<string> = new Set(['echo', 'cat', 'tail', 'ls', 'zlogin', 'head']);
const NEVER_ASKED_OF_THE_LAB: Readonly<Record<string, readonly string[]>> = {
  'time-sync': ['ntpq', 'chronyc'],
  fmtopo: ['fmtopo'],
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
  passedOver: RegExp,
  count: (text: string) => number,
): Reader => ({ files: names, read: (text) => list(parse(text), count(text)), passedOver });

/** Fits no line. */
const NONE = /^(?!)/;

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
    if (linesOf(text).some((line) => HEADER.test(line))) return list(table(text), tableRows(text));
    const count = splitOfmtRecord(linesOf(text)[0] ?? '').length;
    const named = /-po?-(.+?)-?[0-9]*\.txt$/.exec(name)?.[1]?.split('-');
    return named?.length === count || count === usual.length
      ? list(fields(text, named?.length === count ? named : usual), linesOf(text).length)
      : readAnyOfmt(text);
  },
});

/** A word alone in a table of several columns is the rest of a row that a narrow terminal has broken. */
function tableRows(text: string): number {
  const isSingle = linesOf(text).every((line) => !/\S\s+\S/.test(line));
  return linesOf(text).filter((line) => !HEADER.test(line) && (isSingle || /\S\s+\S/.test(line)))
    .length;
}

/** Any output of libofmt by its layout alone: rows with all their fields. */
function readAnyOfmt(text: string): Reading {
  const title = HEADER_TITLE.exec(text)?.[1];
  if (title !== undefined)
    return list(parseTable(text, { required: title.toUpperCase() }), tableRows(text));
  const count = splitOfmtRecord(linesOf(text)[0] ?? '').length;
  const unnamed = Array.from({ length: count }, (_, index) => `field${index}`);
  return list(parseOfmtRecords(splitLines(text), unnamed), linesOf(text).length);
}

/** Pools and devices of `zpool status`; of several pools in one file all. */
function readZpoolStatus(text: string): Reading {
  const parsed = parseZpoolStatus(text);
  const devices = parsed.value.reduce((sum, pool) => sum + pool.vdevs.length, 0);
  const expectedDevices = matching(
    /^\s*(?!(?:state|status|action|see|scan|scrub|errors|pool|logs|cache)\b)\S.*?\s+(?:ONLINE|DEGRADED|FAULTED|OFFLINE|REMOVED|UNAVAIL|AVAIL|INUSE)(?:\s|$)/,
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

/** The questions of the lab's hosts as files are named: program and verb. What it never asks stands behind. */
const lab = await createLabInventory({ samples: 2 });
const asked: readonly (readonly [words: string, command: HostCommand])[] = hostCommands.flatMap(
  (command) => {
    const questions = lab.inventory().hosts.flatMap((host) => command.question(host) ?? []);
    const words = questions.flatMap((argv) => {
      const [program = '', verb = ''] = argv.filter((word) => word !== 'pfexec');
      const name = program.split('/').at(-1) ?? '';
      if (OTHER_STEPS.has(name)) return [];
      return [VERBS.has(name) ? `${name}-${verb}` : name];
    });
    return [...new Set([...words, ...(NEVER_ASKED_OF_THE_LAB[command.id] ?? [])])].map(
      (each) => [each, command] as const,
    );
  },
);

const LINK = ['link', 'class', 'mtu', 'state', 'bridge', 'over'];
const LINKPROP = ['link', 'property', 'perm', 'value', 'default', 'possible'];

/** One line for each form of output of each command. */
const READERS: readonly Reader[] = [
  rows(
    /^kstat-/,
    parseKstatText,
    /^\s*(?:[0-9]{9,11}|[A-Z][a-z][a-z] .*:.*)$/,
    notMatching(/^\s*(?:module:|name:.*class:|[0-9]{9,11}$)/),
  ),
  {
    files: /^zoneadm-list-/,
    // The global zone is no zone of the list.
    passedOver: /^\s*[0-9]+(?::|\s+)global[:\s]/,
    read: (text) =>
      /^\s*ID\s+NAME/m.test(text)
        ? list(parseZoneadmTable(text), notMatching(/^\s*(?:ID|[0-9]+\s+global)\s/)(text))
        : list(parseZoneadmList(text), notMatching(/^[0-9]+:global:/)(text)),
  },
  {
    files: /^zonecfg-info-/,
    // Of a configuration a fixed choice is kept: its other values may be secrets.
    passedOver: /^\s*(?:\[?[a-z][a-z0-9-]*: ?.*|[a-z-]+ not specified)$/,
    read: (text) => {
      const parsed = parseZonecfgInfo(text);
      const expected = matching(/^a?net(?: [0-9]+)?:\s*$/)(text);
      return { parsed, rows: parsed.value?.nets.length ?? -1, expected };
    },
  },
  {
    files: /^zonecfg-export-/,
    // Of a configuration a fixed choice is kept: its other values may be secrets.
    passedOver: /^(?:create|set|add|end|clear|remove|delete|select|verify|commit|exit)\b/,
    read: (text) => {
      const parsed = parseZonecfgExports(`=== labtop: zone z1\n${text}`);
      const expected = matching(/^add a?net\s*$/)(text);
      return { parsed, rows: parsed.value[0]?.nets.length ?? -1, expected };
    },
  },
  rows(
    /^zpool-list-/,
    parseZpoolListTable,
    /^NAME\s|^no pools|^(?:\s+\S|(?:logs?|cache|spares?|special|dedup)\s+-)/,
    notMatching(/^(?:\s|NAME\s|no pools|(?:logs?|cache|spares?|special|dedup)\s+-)/),
  ),
  {
    files: /^zfs-list-/,
    passedOver: /^NAME\s|^```$/,
    // One is a table of pools under this name, one ends with the mark of the page that it was taken from.
    read: (text) =>
      /^NAME.*\sHEALTH\s/m.test(text)
        ? list(parseZpoolListTable(text), notMatching(/^NAME\s/)(text))
        : list(
            parseZfsListTable(text.replaceAll(/^```$/gm, '')),
            notMatching(/^(?:NAME(?:\s|$)|```$)/)(text),
          ),
  },
  {
    files: /^zpool-status-/,
    read: readZpoolStatus,
    // The first row of the tree names the pool too; not all paragraphs are kept, nor the titles of the list of errors.
    passedOver:
      /^\s*DATASET +OBJECT +RANGE$|^\s*(?:pool|see|remove|checkpoint|comment|dedup|config|id):|^\s*[0-9.]+[KMGT]? memory used for removed|^\s*all pools are healthy$|^\s*no pools available$|^\s*pool '.*' is healthy$/,
  },
  rows(
    /^beadm-list-/,
    (text) => (/^\s*BE\s/m.test(text) ? parseBeadmTable(text) : parseBeadmList(text)),
    NONE,
    notMatching(/^\s*BE\s/),
  ),
  rows(/^psrinfo-(?!p-|vp-|pv-)/, parsePsrinfo, NONE, matching(/\S/)),
  {
    files: /^svcs-(?:x|Zx|xZ|vx|xv)-/,
    // Of several reasons the first is kept, and not the services that wait.
    passedOver: /^\s*(?:Alias|Reason|Path):|^\s+(?:svc|lrc):|^ {8}\S/,
    read: (text) => {
      const parsed = parseSvcs(`=== labtop: explain\n${text}`);
      const expected = matching(/^svc:/)(text);
      return { parsed, rows: parsed.value.explanations.length, expected };
    },
  },
  {
    files: /^svcs-.*zone-state/,
    passedOver: /^\s*(?:ZONE|global)\s/,
    read: (text) => {
      const parsed = parseSvcsZones(text);
      const services = [...parsed.value.zones.values()].reduce((sum, { count }) => sum + count, 0);
      return { parsed, rows: services, expected: notMatching(/^\s*(?:ZONE|global)\s/)(text) };
    },
  },
  {
    files: /^svcs-(?!l-|p-|pv-)/,
    passedOver: /^\s*(?:ZONE|STATE)\s/,
    read: (text) => {
      const parsed = parseSvcs(text);
      const expected = notMatching(/^\s*(?:ZONE|STATE)\s/)(text);
      return { parsed, rows: parsed.value.services.length, expected };
    },
  },
  // Not all that iostat tells of a disk is kept.
  rows(
    /^(?:messages|syslog|console-fmd-message|fmd-console-message)-/,
    parseMessages,
    NONE,
    matching(/\S/),
  ),
  {
    files: /^os-release-/,
    // One of the names of a release is kept.
    passedOver: /^(?:#|[A-Z_]+=)/,
    read: (text) => {
      const parsed = parseHostIdentity(
        `SunOS a 5.11 b\n=== labtop: os-release\n${text}=== labtop: id\nuid=1(a)\n`,
      );
      return {
        parsed,
        rows: parsed.value.release === null ? 0 : 1,
        expected: Math.min(1, matching(/^VERSION/)(text)),
      };
    },
  },
  rows(
    /^iostat-E/,
    parseIostatErrors,
    /Non-Aligned|Device Id|^Size: 0.00GB <0 bytes>/,
    matching(/\bSoft Errors:/),
  ),
  {
    files: /^fmadm-faulty-(?!body|r)/,
    // What names the machine, and what stands in several paragraphs: what is wrong is often what is affected.
    passedOver:
      /^[- ]{20,}$|^TIME\s+EVENT-ID|^\s{0,8}(?!Fault class|Affects|Descr|Resp|Impact|Action|FRU)[A-Z][\w. ]*\s*:|^\s+\S|^[A-Z][a-z]+$/,
    read: (text) => {
      const parsed = parseFmadmFaulty(text);
      const expected = matching(/^[A-Z][a-z]{2} [ 0-9]?[0-9] +[0-9:]{4,8}\s+[0-9a-f]{8}-/)(text);
      return { parsed, rows: parsed.value.length, expected };
    },
  },
  {
    files: /^ntpq-p/,
    passedOver: /^\s*remote\s+refid|^=+$/,
    read: (text) => {
      const parsed = parseTimeSync(text);
      const expected = notMatching(/^\s*remote\s+refid|^=+$/)(text);
      return { parsed, rows: parsed.value.peers.length, expected };
    },
  },
  rows(/^arp-/, parseNeighbours, /^Net to Media|^Device\s|^[-\s]+$/, matching(/^\S+ +[0-9]+\./)),
  rows(
    /^netstat-rn-/,
    parseRoutes,
    /^Routing Table|^\s*Destination|^[-\s]+$/,
    matching(/^(?:default|[0-9a-f:.]+(?:\/[0-9]+)?)\s/),
  ),
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
    NONE,
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

/** Files of programs that are asked, in forms that are not: their lines are rows or complaints too. */
const isAsked = (name: string): readonly [string, HostCommand] | undefined =>
  asked.find(([words]) => name.startsWith(`${words}-`));
const readerOf = (name: string): Reader | undefined => {
  const reader = READERS.find(({ files: names }) => names.test(name));
  const command = isAsked(name)?.[1];
  if (reader || !command) return reader;
  const read = (text: string): Reading => ({ parsed: command.parse(text), rows: 0, expected: 0 });
  return { files: /^/, read, passedOver: /^[-=\s]+$|^\s*[-_A-Z%]{2,}(?:\s+[-_A-Z%]{2,})+\s*$/ };
};

const claimed = files.flatMap((name) => {
  const reader = readerOf(name);
  return reader ? [{ name, ...reader }] : [];
});
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

test.for(claimed)('$name: every line is of a row or a complaint', ({ name, read, passedOver }) => {
  const text = textOf(name);
  expect(lostLine((some) => read(some, name).parsed, text, passedOver ?? NONE)).toBeUndefined();
});

test.for(claimed)('$name: rows are as many as there are in the file', ({ name, read }) => {
  const text = textOf(name);
  const { parsed, rows: found } = read(text, name);
  const told = new Set(parsed.complaints.map(({ line }) => line));
  const understood = text.split('\n').filter((_, index) => !told.has(index + 1));
  expect(found).toBe(read(understood.join('\n'), name).expected);
  // What another program has printed between may be a complaint; a form that is asked is none.
  expect(found === 0 || told.size < understood.length).toBe(true);
});

test.for(claimed.filter(({ name }) => isAsked(name)))(
  '$name: nothing is made of half of a line',
  ({ name, read }) => {
    const lines = textOf(name).trimEnd().split('\n');
    const whole = read(`${lines.slice(0, -1).join('\n')}\n`, name).parsed;
    const cut = read(lines.join('\n').slice(0, -1), name).parsed;
    const plain = ({ value }: Parsed<unknown>) =>
      inspect(value, { depth: 9, maxArrayLength: null });
    expect(plain(cut)).toBe(plain(whole));
  },
);

test('only files of programs that nobody asks are read by none', ({ skip }) => {
  skip(files.length === 0, 'there is no folder ../shared/fixtures/illumos beside the repository');
  const programs = new Set(asked.map(([words]) => words.split('-')[0] ?? ''));
  const left = files.filter((name) => readerOf(name) === undefined);
  const known = left.filter((name) => programs.has(name.split('-')[0] ?? ''));
  // Other verbs of the same programs, each of other data than what is asked.
  expect(
    known.filter(
      (name) =>
        !/^(?:zpool-(?:iostat|get|history)|zfs-get|beadm-(?!list)|fmadm-(?!faulty))/.test(name),
    ),
  ).toEqual([]);
  expect(claimed.length + left.length).toBe(files.length);
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
