import { ownText } from '../domain/own-text.ts';
import type { Complaint, Parsed } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import { sanitize } from '../domain/text.ts';
import { cutLine, endsWithinLine, splitLines, wholeLines } from './lines.ts';
import { parseCounter } from './numbers.ts';

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

/** The output of `kstat -p`, as rows. */
export function parseKstatLines(stdout: string): Parsed<readonly KstatRow[]> {
  const value: KstatRow[] = [];
  const kstats = new KstatReader(stdout);
  while (kstats.next())
    value.push({
      line: kstats.line,
      text: kstats.text(),
      module: kstats.module,
      instance: kstats.instance,
      name: kstats.name,
      statistic: kstats.statistic,
      value: kstats.value(),
    });
  return { value, complaints: kstats.complaints };
}

function readKstatLine(line: number, text: string): KstatRow | undefined {
  const tab = text.indexOf('\t');
  return tab === -1 ? undefined : kstatRow(line, text, tab, tab + 1);
}

/** The key ends at `end`, the value begins at `from`. */
function kstatRow(line: number, text: string, end: number, from: number): KstatRow | undefined {
  const colons = colonsOf(text, 0, end);
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

/** Of a key from `from` to `end`: `module:instance:name:statistic`, where the instance is a whole number. */
function colonsOf(text: string, from: number, end: number): Colons | undefined {
  const first = charBefore(text, COLON, from, end);
  const second = charBefore(text, COLON, first + 1, end);
  const third = charBefore(text, COLON, second + 1, end);
  return third < end && isInstance(text, first + 1, second) ? { first, second, third } : undefined;
}

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const TAB = 0x09;
const BLANK = 0x20;
const LAST_ASCII = 0x7f;
const INSTANCE_DIGITS = 10;
/** Of a whole number that is no more than 2^53. */
const EXACT_DIGITS = 15;

/** Where a character stands first, or `end`. Unlike indexOf it looks no further than there. */
function charBefore(text: string, code: number, from: number, end: number): number {
  for (let index = from; index < end; index += 1) if (text.charCodeAt(index) === code) return index;
  return end;
}

function isInstance(text: string, from: number, end: number): boolean {
  const digits = text.charCodeAt(from) === MINUS ? from + 1 : from;
  if (digits >= end || end - digits > INSTANCE_DIGITS) return false;
  for (let index = digits; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

/** Statistics have a few dozen names, which come again in thousands of lines: each is made once. */
const STATISTICS: (string | undefined)[] = Array.from({ length: 512 });
const LONGEST_STATISTIC = 40;

/**
 * The output of `kstat -p`, one statistic after the other: `module:instance:name:statistic<TAB>value`, one a line.
 * Names and values may hold blanks, so the TAB comes first and the first three colons after it. A last line without its
 * line end may have been cut within its number, so it is refused.
 *
 * A host prints a thousand of them every few seconds, so nothing is made of a line but what is asked for: the names of
 * a kstat are made once for all of its statistics, which follow one another, and numbers are read where they stand.
 */
export class KstatReader {
  /** Of the present statistic, as the fields of {@link KstatRow}. */
  line = 0;
  module = '';
  instance = 0;
  name = '';
  statistic = '';
  /** The line before was about another kstat. */
  isNewKstat = false;
  /** What could not be read so far. */
  readonly complaints: Complaint[] = [];
  readonly #text: string;
  readonly #isCut: boolean;
  /** `module:instance:name:` of the present line. */
  #kstat: string | undefined;
  #next = 0;
  #from = 0;
  #tab = 0;
  #end = 0;

  constructor(stdout: string) {
    this.#text = sanitize(stdout.endsWith('\r') ? stdout.slice(0, -1) : stdout);
    this.#isCut = endsWithinLine(stdout);
  }

  /** Goes on to the next statistic; false when there is none. */
  next(): boolean {
    const text = this.#text;
    while (this.#next < text.length) {
      const from = this.#next;
      const end = text.indexOf('\n', from);
      this.#from = from;
      this.#end = end === -1 ? text.length : end;
      this.#next = this.#end + 1;
      this.line += 1;
      if (this.#isBlank()) continue;
      if (end === -1 && this.#isCut)
        this.complaints.push(cutLine({ number: this.line, text: this.text() }));
      else if (this.#read()) return true;
      else this.complain('expected module:instance:name:statistic TAB value');
    }
    return false;
  }

  complain(reason: string): void {
    this.complaints.push(complaint(this.line, this.text(), reason));
  }

  /** The whole line. */
  text(): string {
    return this.#text.slice(this.#from, this.#end);
  }

  value(): string {
    return this.#text.slice(this.#tab + 1, this.#end).trim();
  }

  /** The value as `parseCounter` reads it. */
  counter(): bigint | null {
    const small = this.#small();
    return small === 0 ? 0n : small === null ? parseCounter(this.value()) : BigInt(small);
  }

  /** The same as a number, which may be rounded. */
  whole(): number | null {
    const small = this.#small();
    if (small !== null) return small;
    const large = parseCounter(this.value());
    return large === null ? null : Number(large);
  }

  /** A whole number without blanks around it that a number holds exactly; null for any other value. */
  #small(): number | null {
    const text = this.#text;
    const from = this.#tab + 1;
    const end = this.#end;
    if (end === from || end - from > EXACT_DIGITS) return null;
    let value = 0;
    for (let index = from; index < end; index += 1) {
      const code = text.charCodeAt(index);
      if (code < ZERO || code > NINE) return null;
      value = value * 10 + code - ZERO;
    }
    return value;
  }

  #isBlank(): boolean {
    const code = this.#text.charCodeAt(this.#from);
    return (code <= BLANK || code > LAST_ASCII) && this.text().trim() === '';
  }

  #read(): boolean {
    const before = this.#kstat;
    this.isNewKstat = before === undefined || !this.#text.startsWith(before, this.#from);
    const third = this.isNewKstat ? this.#readKstat() : this.#from + (before?.length ?? 0) - 1;
    return third !== -1 && this.#readStatistic(third + 1);
  }

  /** Where the third colon stands, or -1. */
  #readKstat(): number {
    const text = this.#text;
    this.#kstat = undefined;
    const tab = charBefore(text, TAB, this.#from, this.#end);
    const colons = tab === this.#end ? undefined : colonsOf(text, this.#from, tab);
    if (!colons || colons.first === this.#from) return -1;
    const { first, second, third } = colons;
    this.#kstat = text.slice(this.#from, third + 1);
    this.module = text.slice(this.#from, first);
    this.instance = Number(text.slice(first + 1, second));
    this.name = ownText(text.slice(second + 1, third));
    return third;
  }

  #readStatistic(from: number): boolean {
    const text = this.#text;
    const end = this.#end;
    let hash = 0;
    let tab = from;
    for (; tab < end; tab += 1) {
      const code = text.charCodeAt(tab);
      if (code === TAB) break;
      hash = (Math.imul(hash, 31) + code) & 0xffff;
    }
    this.#tab = tab;
    if (tab === end) return false;
    const place = hash % STATISTICS.length;
    const known = STATISTICS[place];
    if (known?.length === tab - from && text.startsWith(known, from)) this.statistic = known;
    else {
      const own = text.slice(from, tab).trim();
      const isName = own.length === tab - from && own.length <= LONGEST_STATISTIC;
      this.statistic = isName ? (STATISTICS[place] = ownText(own)) : own;
    }
    return this.statistic !== '';
  }
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
  const colons = colonsOf(text, 0, text.length);
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
