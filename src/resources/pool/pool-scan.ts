import type { PoolScan } from '../../domain/pool.ts';
import { findCtime } from '../../parse/ctime.ts';
import { parseDecimal } from '../../parse/numbers.ts';

/** The paragraph `scan:` (`scrub:` on old releases) was not printed. */
export const NO_SCAN: PoolScan = {
  kind: 'unknown',
  finishedAt: null,
  errors: null,
  percentDone: null,
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
    text,
  };
}
