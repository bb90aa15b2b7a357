import type { HostCommand, Question } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { ZoneConfig } from '../../domain/zone.ts';
import type { Line } from '../../parse/lines.ts';
import { splitLines, splitWords } from '../../parse/lines.ts';
import { mark, splitAtMarks } from '../../parse/marks.ts';
import { createZoneConfigReader } from './zone-config-reader.ts';

/** zones(7): up to 63 letters, digits, `-`, `_` and `.`, the first a letter or digit. */
const ZONE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
const ZONE_MARK = 'zone ';
/** Nothing else of a line is repeated in a complaint: an attribute's value may be a password or a key. */
const HIDDEN = '(not repeated: it may hold a secret)';

/**
 * The configuration of every known zone, one `zonecfg -z NAME export` each, behind a mark with its name.
 * The last zone may have been deleted since the list was made, and zonecfg then exits with 1. It is asked again when a
 * zone has been configured anew, or booted.
 */
export const zonecfgExport: HostCommand<'zoneConfigs'> = {
  id: 'zonecfg-export',
  feed: 'zoneConfigs',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 120,
  follows: followsFiles,
  question: askForZones,
  parse: parseZonecfgExports,
  hides: 'autoboot, caps, VLANs, disks and addresses of zones',
  goodExitCodes: [1],
};

/** The files that zonecfg writes, as they were listed last. */
function followsFiles({ feeds }: HostInventory): string | null {
  const files = lastKnown(feeds.zoneFiles)?.value;
  const lines = files?.map(({ name, sizeBytes, writtenAt }) => [name, sizeBytes, writtenAt]);
  return lines?.map((line) => line.join(' ')).join('\n') ?? null;
}

function askForZones({ feeds }: HostInventory): Question | undefined {
  const zones = lastKnown(feeds.zones)?.value;
  if (!zones) return undefined;
  const names = zones.map(({ name }) => name).filter((name) => ZONE_NAME.test(name));
  // A host without zones still gets an answer: that there are no configurations.
  if (names.length === 0) return [mark('no zones')];
  return names.flatMap((name) => [
    mark(`${ZONE_MARK}${name}`),
    ['zonecfg', '-z', name, 'export'] as const,
  ]);
}

/** The scripts of all zones behind their marks. A zone that printed nothing is a complaint. */
export function parseZonecfgExports(stdout: string): Parsed<readonly ZoneConfig[]> {
  const value: ZoneConfig[] = [];
  const complaints: Complaint[] = [];
  for (const { label, lines } of splitAtMarks(stdout)) {
    const zone = label?.startsWith(ZONE_MARK) ? label.slice(ZONE_MARK.length) : '';
    if (ZONE_NAME.test(zone)) {
      const config = readExport(zone, lines, complaints);
      if (config) value.push(config);
      else complaints.push(complaint(0, zone, 'zonecfg printed no configuration of this zone'));
    } else {
      if (zone !== '') complaints.push(complaint(0, HIDDEN, 'a mark that names no zone'));
      for (const { number } of lines)
        complaints.push(complaint(number, HIDDEN, 'no mark of a zone before this line'));
    }
  }
  return { value, complaints };
}

/** One script of `zonecfg export`: `create`, `set`, `add`, `end` and the like, one statement a line. */
function readExport(
  zone: string,
  lines: readonly Line[],
  complaints: Complaint[],
): ZoneConfig | undefined {
  if (lines.length === 0) return undefined;
  const reader = createZoneConfigReader(zone);
  for (const { number, text, isCut } of lines) {
    if (isCut) {
      complaints.push(complaint(number, HIDDEN, 'cut off: no line end'));
      continue;
    }
    const statement = text.trim();
    const [verb, rest = ''] = splitOnce(statement, ' ');
    const [property, quoted] = splitOnce(rest.trim(), '=');
    const words = splitWords(rest);
    if (verb === 'set' && quoted !== undefined) reader.set(property.trim(), unquote(quoted.trim()));
    // Without an argument other than its kind a resource begins; with values a list grows.
    else if (verb === 'add' && words.length === 1) reader.begin(words[0] ?? '');
    else if (verb === 'add' && words.length > 1)
      reader.set(
        words[0] ?? '',
        rest
          .trim()
          .slice((words[0] ?? '').length)
          .trim(),
      );
    else if (statement === 'end') reader.end();
    else if (!PASSED_OVER.has(verb))
      complaints.push(complaint(number, HIDDEN, 'not a statement of a zonecfg script'));
  }
  if (reader.discard())
    complaints.push(complaint(lines.at(-1)?.number ?? 0, HIDDEN, 'the last resource has no end'));
  return reader.read();
}

/** Statements that change nothing that is shown. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  'create',
  'clear',
  'remove',
  'delete',
  'select',
  'verify',
  'commit',
  'exit',
]);

/**
 * The text of `zonecfg info` for people: `property: value` lines, resources whose properties are indented, values
 * that are not there as `name not specified`, aliases of resource controls in brackets. null when it names no zone.
 */
export function parseZonecfgInfo(text: string): Parsed<ZoneConfig | null> {
  const complaints: Complaint[] = [];
  const reader = createZoneConfigReader('');
  let zone: string | null = null;
  for (const { number, text: line, isCut } of splitLines(text)) {
    if (isCut) {
      complaints.push(complaint(number, HIDDEN, 'cut off: no line end'));
      continue;
    }
    const isIndented = /^[ \t]/.test(line);
    const body = unbracket(line.trim());
    const [title, value] = splitOnce(body, ':');
    // Oracle Solaris numbers resources of one kind: `anet 0:`.
    const key = value?.trim() === '' ? title.replace(/ [0-9]+$/, '') : title;
    if (!isIndented) reader.end();
    if (/^[a-z][a-z0-9-]* not specified$/.test(body)) continue;
    if (value === undefined || !/^[A-Za-z][A-Za-z0-9_.-]*$/.test(key))
      complaints.push(complaint(number, HIDDEN, 'not a line of zonecfg info'));
    else if (key === 'zonename' && !isIndented) zone = value.trim();
    else if (!isIndented && value.trim() === '') reader.begin(key);
    else reader.set(key, unquote(value.trim()));
  }
  reader.end();
  const config = reader.read();
  return { value: zone === null ? null : { ...config, zone }, complaints };
}

function splitOnce(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

const unbracket = (text: string): string =>
  text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;

/** zonecfg puts values with blanks or special characters in quotes, and `"` and `\` in them behind a backslash. */
function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
}
