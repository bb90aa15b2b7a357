import { duration } from '../domain/format.ts';
import type { EpochMs } from '../domain/time.ts';

/** Whether actions may run: the console starts locked, and a read-only one stays so. */
export type LockState =
  | { readonly kind: 'read-only' }
  | { readonly kind: 'locked' }
  | {
      readonly kind: 'unlocked';
      readonly since: EpochMs;
      readonly until: EpochMs;
      /** What for, where that is asked. */
      readonly reason: string | null;
    };

export const UNLOCK_MS = 10 * 60_000;

export const initialLock = (readOnly: boolean): LockState =>
  readOnly ? { kind: 'read-only' } : { kind: 'locked' };

/** Unlocked for ten minutes from now, also when it already is; a read-only console stays as it is. */
export const unlock = (state: LockState, now: EpochMs, reason: string | null = null): LockState =>
  state.kind === 'read-only'
    ? state
    : { kind: 'unlocked', since: now, until: now + UNLOCK_MS, reason };

export const lock = (state: LockState): LockState =>
  state.kind === 'unlocked' ? { kind: 'locked' } : state;

/** The state as of now: ten minutes after the unlocking it is locked. A clock that was set back locks too. */
export const settleLock = (state: LockState, now: EpochMs): LockState =>
  state.kind === 'unlocked' && (now >= state.until || now < state.since)
    ? { kind: 'locked' }
    : state;

/** Milliseconds until it locks by itself; 0 when it is locked. */
export function unlockedFor(state: LockState, now: EpochMs): number {
  const settled = settleLock(state, now);
  return settled.kind === 'unlocked' ? settled.until - now : 0;
}

/** Why no action may run now; undefined when one may. */
export function lockReason(state: LockState, now: EpochMs): string | undefined {
  switch (settleLock(state, now).kind) {
    case 'read-only':
      return 'the console is read-only (--read-only)';
    case 'locked':
      return `the console is locked: L unlocks it for ${duration(UNLOCK_MS)}`;
    case 'unlocked':
      return undefined;
  }
}
