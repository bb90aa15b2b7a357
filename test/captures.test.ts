import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Parsed } from '../src/domain/parsed.ts';
import { parseOfmtRecords, splitOfmtRecord } from '../src/parse/colon-records.ts';
import { parseKstatText } from '../src/parse/kstat-lines.ts';
import { splitLines } from '../src/parse/lines.ts';
import { parseTable } from '../src/parse/tables.ts';
import { parseIostatErrors } from '../src/resources/disk/disk-names.command.ts';
import {
  parseShowAggrLacpTable,
  parseShowAggrTable,
} from '../src/resources/link/dladm-show-aggr.command.ts';
import {
  parseShowLink,
  parseShowLinkTable,
} from '../src/resources/link/dladm-show-link.command.ts';
import {
  parseShowPhys,
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
import { parseZpoolListTable } from '../src/resources/pool/zpool-list.command.ts';
import { parseZpoolStatus } from '../src/resources/pool/zpool-status.command.ts';
import { parseZoneadmList, parseZoneadmTable } from '../src/resources/zone/zoneadm-list.command.ts';
import {
  parseZonecfgExports,
  parseZonecfgInfo,
} from '../src/resources/zone/zonecfg-export.command.ts';

/** Output of real systems that lies beside the repository where it may not lie in it. */
const folder = join(import.meta.dirname, '../../shared/fixtures/illumos');
const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];

/** What a parser made of a file, and what the file itself holds, counted in another way. */
type Reading = {
  readonly parsed: Parsed<unknown>;
  readonly rows: number;
  readonly expected: number;
};

const DLADM_PARSERS = {
  link: { fields: parseShowLink, table: parseShowLinkTable },
  phys: { fields: parseShowPhys, table: parseShowPhysTable },
  vlan: { fields: parseShowVlan, table: parseShowVlanTable },
  vnic: { fields: parseShowVnic, table: parseShowVnicTable },
};

const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '');
const matching = (text: string, pattern: RegExp) =>
  linesOf(text).filter((line) => pattern.test(line)).length;
const notMatching = (text: string, pattern: RegExp) =>
  linesOf(text).length - matching(text, pattern);
const list = (parsed: Parsed<readonly unknown[]>, expected: number): Reading => ({
  parsed,
  rows: parsed.value.length,
  expected,
});

/** The parser that belongs to a file by its name; undefined for commands that this version does not ask. */
function readCapture(name: string, text: string): Reading | undefined {
  if (name.startsWith('kstat-'))
    return list(
      parseKstatText(text),
      notMatching(text, /^\s*(?:module:|name:.*class:|[0-9]{9,11}$)/),
    );
  if (name.startsWith('iostat-E'))
    return list(parseIostatErrors(text), matching(text, /\bSoft Errors:/));
  if (name.startsWith('zoneadm-list-'))
    return /^\s*ID\s+NAME/m.test(text)
      ? list(parseZoneadmTable(text), notMatching(text, /^\s*(?:ID|[0-9]+\s+global)\s/))
      : list(parseZoneadmList(text), notMatching(text, /^[0-9]+:global:/));
  if (name.startsWith('zonecfg-info-')) {
    const parsed = parseZonecfgInfo(text);
    return {
      parsed,
      rows: parsed.value?.nets.length ?? -1,
      expected: matching(text, /^a?net(?: [0-9]+)?:\s*$/),
    };
  }
  if (name.startsWith('zonecfg-export-')) {
    const parsed = parseZonecfgExports(`=== labtop: zone z1\n${text}`);
    return {
      parsed,
      rows: parsed.value[0]?.nets.length ?? -1,
      expected: matching(text, /^add a?net\s*$/),
    };
  }
  if (name.startsWith('zpool-list-')) {
    const pools = linesOf(text).filter(
      (line) => !/^(?:\s|NAME\s|no pools|(?:logs?|cache|spares?|special|dedup)\s+-)/.test(line),
    );
    return list(parseZpoolListTable(text), pools.length);
  }
  if (name.startsWith('zpool-status-')) return readZpoolStatus(text);
  return name.startsWith('dladm-show-') ? readDladm(name, text) : undefined;
}

function readZpoolStatus(text: string): Reading {
  const parsed = parseZpoolStatus(text);
  const [pools, devices] = [
    parsed.value.length,
    parsed.value.reduce((sum, pool) => sum + pool.vdevs.length, 0),
  ];
  const expectedDevices = matching(
    text,
    /^\s*(?!(?:state|status|action|see|scan|scrub|errors|pool|logs|cache)\b)\S+\s+(?:ONLINE|DEGRADED|FAULTED|OFFLINE|REMOVED|UNAVAIL|AVAIL|INUSE)(?:\s|$)/,
  );
  return {
    parsed,
    rows: pools * 1000 + devices,
    expected: matching(text, /^\s*pool: /) * 1000 + expectedDevices,
  };
}

/** `dladm-show-vnic-po-link-zone-over-speed-1.txt` names its fields; the forms for people have a header line. */
function readDladm(name: string, text: string): Reading {
  const [, subject = '', rest = ''] = /^dladm-show-([a-z]+)-?(.*?)-?[0-9]*\.txt$/.exec(name) ?? [];
  const isTable = /^\s*(?:LINK|Link|BRIDGE)(?:\s|$)/m.test(text);
  const rows = notMatching(text, /^\s*(?:LINK|Link|BRIDGE)(?:\s|$)/);
  const parsers = Object.entries(DLADM_PARSERS).find(([key]) => key === subject)?.[1];
  if (isTable && subject === 'aggr' && /AGGREGATABLE/.test(text))
    return list(parseShowAggrLacpTable(text), rows);
  if (isTable && subject === 'aggr' && !/RBYTES/.test(text)) {
    const parsed = parseShowAggrTable(text);
    const ports = parsed.value.reduce((sum, aggr) => sum + aggr.ports.length, 0);
    return { parsed, rows: parsed.value.length + ports, expected: rows };
  }
  const isOwnTable = /\b(?:CLASS|MEDIA|OVER)\b/.test(text);
  if (isTable)
    return list(
      parsers && isOwnTable ? parsers.table(text) : parseTable(text, { required: titleOf(text) }),
      rows,
    );
  const fields = /^po?-(.+)$/.exec(rest)?.[1]?.split('-');
  if (parsers && fields && splitOfmtRecord(linesOf(text)[0] ?? '').length === fields.length)
    return list(parsers.fields(text, fields), rows);
  const count = splitOfmtRecord(linesOf(text)[0] ?? '').length;
  const unnamed = Array.from({ length: count }, (_, index) => `field${index}`);
  return list(parseOfmtRecords(splitLines(text), unnamed), rows);
}

const titleOf = (text: string) => (/^\s*BRIDGE\s/m.test(text) ? 'BRIDGE' : 'LINK');

const readings = files.flatMap((name) => {
  const reading = readCapture(name, readFileSync(join(folder, name), 'utf8'));
  return reading ? [{ name, ...reading }] : [];
});

test('every kind of output of real systems is among those that are read', ({ skip }) => {
  skip(files.length === 0, 'there is no folder ../shared/fixtures/illumos beside the repository');
  const kinds = new Set(readings.map(({ name }) => name.split('-')[0]));
  expect([...kinds].toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
    'dladm',
    'iostat',
    'kstat',
    'zoneadm',
    'zonecfg',
    'zpool',
  ]);
});

test.for(readings)('$name is read without loss', ({ parsed, rows, expected }) => {
  expect(parsed.complaints).toEqual([]);
  expect(rows).toBe(expected);
});
