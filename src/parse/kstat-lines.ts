import { ownText } from '../domain/own-text.ts';
import type { Complaint, Parsed } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import { splitLines, wholeLines } from './lines.ts';

/** One statistic of kstat(8). */
export type KstatRow = {
  readonly line: number;
  readonly text: string;
  readonly module: string;
  /** For kstats of a zone: the zone's id. */
  readonly instance: number;
  /** At most 30 characters: a zone's name may be cut here. */
  readonly name: string;
  readonly statistic: string;
  readonly value: string;
};

/**
 * The output of `kstat -p`: `module:instance:name:statistic<TAB>value`, one statistic a line.
 * Names and values may hold blanks, so the TAB comes first and the first three colons after it.
 * A last line without its line end may have been cut within its number, so it is refused.
 */
export function parseKstatLines(stdout: string): Parsed<readonly KstatRow[]> {
  const value: KstatRow[] = [];
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const row = readKstatLine(number, text);
    if (row) value.push(row);
    else
      complaints.push(complaint(number, text, 'expected module:instance:name:statistic TAB value'));
  }
  return { value, complaints };
}

function readKstatLine(line: number, text: string): KstatRow | undefined {
  const tab = text.indexOf('\t');
  return tab === -1 ? undefined : kstatRow(line, text, tab, tab + 1);
}

/** The key ends at `end`, the value begins at `from`. */
function kstatRow(line: number, text: string, end: number, from: number): KstatRow | undefined {
  const colons = colonsOf(text, end);
  if (!colons) return undefined;
  const { first, second, third } = colons;
  const statistic = text.slice(third + 1, end).trim();
  if (first === 0 || statistic === '') return undefined;
  return {
    line,
    text,
    module: text.slice(0, first),
    instance: Number(text.slice(first + 1, second)),
    name: ownText(text.slice(second + 1, third)),
    statistic,
    value: text.slice(from).trim(),
  };
}

type Colons = { readonly first: number; readonly second: number; readonly third: number };

/** Of a key: `module:instance:name:statistic`, where the instance is a whole number. */
function colonsOf(text: string, end: number): Colons | undefined {
  const first = text.indexOf(':');
  const second = first === -1 ? -1 : text.indexOf(':', first + 1);
  const third = second === -1 ? -1 : text.indexOf(':', second + 1);
  const isKey = third !== -1 && third < end && isInstance(text, first + 1, second);
  return isKey ? { first, second, third } : undefined;
}

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const INSTANCE_DIGITS = 10;

function isInstance(text: string, from: number, end: number): boolean {
  const digits = text.charCodeAt(from) === MINUS ? from + 1 : from;
  if (digits >= end || end - digits > INSTANCE_DIGITS) return false;
  for (let index = digits; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

/**
 * Output of kstat(8) as people keep it: the form for people (`module: … instance: …`, `name: … class: …`, then
 * indented statistics), or `-p` whose TABs may have become blanks. Frame stamps of `-T` are passed over.
 */
export function parseKstatText(text: string): Parsed<readonly KstatRow[]> {
  const value: KstatRow[] = [];
  const complaints: Complaint[] = [];
  let module: { readonly name: string; readonly instance: number } | undefined;
  let name = '';
  for (const line of wholeLines(splitLines(text), complaints)) {
    const [moduleName, instance] = readTitles(line.text, 'module:', 'instance:') ?? [];
    const [kstatName] = readTitles(line.text, 'name:', 'class:') ?? [];
    if (moduleName !== undefined && /^-?[0-9]{1,10}$/.test(instance ?? '')) {
      module = { name: moduleName, instance: Number(instance) };
      name = '';
    } else if (kstatName !== undefined && module) name = kstatName;
    else if (isStamp(line.text)) continue;
    else {
      const row =
        readKstatLine(line.number, line.text) ??
        readSpacedLine(line.number, line.text) ??
        (module && readStatistic(line.number, line.text, module, name));
      if (row) value.push(row);
      else complaints.push(complaint(line.number, line.text, 'not a line of kstat'));
    }
  }
  return { value, complaints };
}

/** The two values of a title line of the form for people. */
function readTitles(
  text: string,
  first: string,
  second: string,
): readonly [string, string] | undefined {
  const body = text.trim();
  const at = body.indexOf(second);
  return body.startsWith(first) && at !== -1
    ? [body.slice(first.length, at).trim(), body.slice(at + second.length).trim()]
    : undefined;
}

/** `-T u` prints epoch seconds, `-T d` a date, on a line of its own. */
const isStamp = (text: string): boolean =>
  /^[0-9]{9,11}$/.test(text.trim()) ||
  /^[A-Z][a-z][a-z],? [ A-Za-z0-9]{5,20} [0-9:]{8} [ A-Z0-9]{4,12}$/.test(text.trim());

/**
 * A line of `-p` without its TAB. What the TAB was is told by two blanks, else by a blank that ends at a tab stop,
 * else by the blank before a number; a line without any of these has an empty value.
 */
function readSpacedLine(line: number, text: string): KstatRow | undefined {
  const colons = colonsOf(text, text.length);
  if (!colons) return undefined;
  const from = colons.third + 1;
  let at = text.indexOf('  ', from);
  for (let index = from + 1; at === -1 && index < text.length; index += 1)
    if (text.charAt(index) === ' ' && (index + 1) % 8 === 0) at = index;
  if (at === -1 && /^[0-9.]+$/.test(text.slice(text.lastIndexOf(' ') + 1)))
    at = text.lastIndexOf(' ');
  return at < from ? kstatRow(line, text, text.length, text.length) : kstatRow(line, text, at, at);
}

/** `\t%-30s  value`: at least two blanks end the name; the value may be empty. */
function readStatistic(
  line: number,
  text: string,
  module: { readonly name: string; readonly instance: number },
  name: string,
): KstatRow | undefined {
  const body = text.trim();
  // A key with colons belongs to `-p`; here it would be a broken line.
  if (!/^[ \t]/.test(text)) return undefined;
  const tab = body.indexOf('\t');
  const blanks = body.indexOf('  ');
  const end = tab === -1 ? blanks : blanks === -1 ? tab : Math.min(tab, blanks);
  return {
    line,
    text,
    module: module.name,
    instance: module.instance,
    name,
    statistic: end === -1 ? body : body.slice(0, end),
    value: end === -1 ? '' : body.slice(end).trim(),
  };
}
