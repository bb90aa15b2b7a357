import type { HostCommand } from '../domain/command.ts';
import type { Intervals } from '../domain/settings.ts';
import type { EpochMs } from '../domain/time.ts';

/** When a command was asked and how that ended. */
export type Asked = {
  /** null: not since the connection came up. */
  readonly lastAskedAt: EpochMs | null;
  /** The program was not there (exit code 127). */
  readonly isMissing: boolean;
};

/** Milliseconds between two asks: a missing program is looked for at the slowest pace only. */
export function intervalMs(
  command: Pick<HostCommand, 'pace'>,
  intervals: Intervals,
  { isMissing }: Pick<Asked, 'isMissing'>,
): number {
  const own = intervals[command.pace];
  return 1000 * (isMissing ? Math.max(own, intervals.inventory) : own);
}

/**
 * How long until a command is due. Every command has a grid of its own, `interval` wide and shifted by
 * `phase` (0 to below 1), so that hosts and commands do not all ask at the same moment. A grid time that
 * lies less than half an interval after the last ask is passed over.
 */
export function delayUntilDue(options: {
  readonly now: EpochMs;
  readonly lastAskedAt: EpochMs | null;
  readonly intervalMs: number;
  readonly phase: number;
}): number {
  const { now, lastAskedAt, intervalMs: width, phase } = options;
  const shift = phase * width;
  const next = (Math.floor((now - shift) / width) + 1) * width + shift;
  const isTooSoon = lastAskedAt !== null && Math.abs(next - lastAskedAt) < width / 2;
  return next - now + (isTooSoon ? width : 0);
}

/** From 0 to below 1, the same for the same names in every run (FNV-1a with a final mix). */
export function phaseOf(host: string, command: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${host}\0${command}`))
    hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const PACES: readonly HostCommand['pace'][] = ['fast', 'slow', 'inventory'];

/** The order in which a fresh connection is asked. */
export const fastFirst = (commands: readonly HostCommand[]): readonly HostCommand[] =>
  PACES.flatMap((pace) => commands.filter((command) => command.pace === pace));
