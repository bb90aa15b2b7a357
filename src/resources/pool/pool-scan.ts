import type { PoolScan, ScanProgress } from '../../domain/pool.ts';
import { findCtime } from '../../parse/ctime.ts';
import { parseDecimal } from '../../parse/numbers.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';

/** The paragraph `scan:` (`scrub:` on old releases) was not printed. */
export const NO_SCAN: PoolScan = {
  kind: 'unknown',
  finishedAt: null,
  errors: null,
  percentDone: null,
  progress: null,
  text: '',
};

/** The beginnings of the paragraph, old wordings among them. */
const KINDS: readonly (readonly [beginning: string, kind: PoolScan['kind']])[] = [
  ['none requested', 'none'],
  ['scrub repaired', 'scrub-done'],
  ['scrub completed', 'scrub-done'],
  ['scrub in progress', 'scrub-running'],
  ['scrub paused', 'scrub-paused'],
  ['scrub cancel', 'scrub-canceled'],
  ['scrub stopped', 'scrub-canceled'],
  ['resilvered', 'resilver-done'],
  ['resilver completed', 'resilver-done'],
  ['resilver in progress', 'resilver-running'],
  ['resilver cancel', 'resilver-canceled'],
  ['resilver stopped', 'resilver-canceled'],
];

/** Reads the scan paragraph, its lines joined by blanks. A wording that is not known keeps its text. */
export function readPoolScan(text: string): PoolScan {
  const kind = KINDS.find(([beginning]) => text.startsWith(beginning))?.[1] ?? 'unknown';
  const errors = /with ([0-9]{1,15}) errors?/.exec(text);
  const percent = /([0-9.]{1,8})% done/.exec(text);
  const isFinished = kind.endsWith('-done') || kind.endsWith('-canceled');
  return {
    kind,
    finishedAt: isFinished ? findCtime(text) : null,
    errors: errors ? Number(errors[1]) : null,
    percentDone: percent ? parseDecimal(percent[1] ?? '') : null,
    progress: kind.endsWith('-running') || kind.endsWith('-paused') ? readProgress(text) : null,
    text,
  };
}

const SIZE = String.raw`([0-9.]{1,20}[KMGTPE]?)B?`;
const SCANNED = new RegExp(`${SIZE} scanned(?: at ${SIZE}/s)?`);
const ISSUED = new RegExp(`${SIZE} issued(?: at ${SIZE}/s)?`);
const TOTAL = new RegExp(`${SIZE} total`);
const OUT_OF = new RegExp(`${SIZE} scanned out of ${SIZE}(?: at ${SIZE}/s)?`);
const WRITTEN = new RegExp(`${SIZE} (?:repaired|resilvered)`);

/** `X scanned at R/s, Y issued at R/s, Z total`, on old releases `X scanned out of Z at R/s, NhMm to go`. */
function readProgress(text: string): ScanProgress {
  const size = (value: string | undefined): number | null => parseSizeBytes(value ?? '');
  const old = OUT_OF.exec(text);
  const issued = ISSUED.exec(text);
  const scanned = SCANNED.exec(text);
  return {
    startedAt: findCtime(text.slice(text.indexOf('started on') + 1)),
    doneBytes: size(old?.[1] ?? issued?.[1] ?? scanned?.[1]),
    totalBytes: size(old?.[2] ?? TOTAL.exec(text)?.[1]),
    rate: size(old?.[3] ?? issued?.[2] ?? (issued ? undefined : scanned?.[2])),
    secondsLeft: readTimeLeft(text),
    writtenBytes: size(WRITTEN.exec(text)?.[1]),
  };
}

/** `0 days 01:23:45 to go`, `01:23:45 to go`, `12h30m to go`. */
function readTimeLeft(text: string): number | null {
  const clock = /(?:([0-9]{1,5}) days? )?([0-9]{1,5}):([0-9]{2}):([0-9]{2}) to go/.exec(text);
  if (clock) {
    const [, days = '0', hours, minutes, seconds] = clock;
    return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  }
  const short = /([0-9]{1,7})h([0-9]{1,2})m to go/.exec(text);
  return short ? (Number(short[1]) * 60 + Number(short[2])) * 60 : null;
}
