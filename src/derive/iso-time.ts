import type { EpochMs } from '../domain/time.ts';
import type { IsoTime } from './snapshot-json.ts';

/** As in `2026-03-01T14:09:53.000Z`. */
export const isoTime = (at: EpochMs): IsoTime => new Date(at).toISOString();

/** A clock that tells nonsense gives a time that no date can show. */
export const isoOrNull = (at: EpochMs | null | undefined): IsoTime | null =>
  at === null || at === undefined || !Number.isFinite(at) || Math.abs(at) > 8.64e15
    ? null
    : isoTime(at);
