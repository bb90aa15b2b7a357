import type { AskOptions } from '../../domain/transport.ts';

/** Time limit of a section that is asked at intervals, by how long it usually takes. */
const LEAST_LIMIT_MS = 3_000;
const MOST_LIMIT_MS = 10_000;

/**
 * How long a section of a question may take: twice the usual, 3 to 10 s, for what was asked before; what the asker allows
 * for anything else, and for what takes long on a sound host too.
 */
export function timeLimitMs(
  { timeoutSeconds, usualMs, isSlow }: Pick<AskOptions, 'timeoutSeconds' | 'usualMs' | 'isSlow'>,
  sections: number,
): number {
  const most = timeoutSeconds * 1000;
  if (usualMs === undefined || isSlow === true) return most;
  const twice = usualMs === null ? MOST_LIMIT_MS : (2 * usualMs) / sections;
  return Math.min(most, Math.max(LEAST_LIMIT_MS, Math.min(MOST_LIMIT_MS, twice)));
}
