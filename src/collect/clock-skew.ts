import type { HostLink } from '../domain/transport.ts';
import type { Clock, Timer } from './clock.ts';

export type ClockComparison = {
  /** Begins when the link is up, ends when it is not. */
  readonly follow: (isUp: boolean) => void;
  /** The host's clock minus ours; null before the first comparison. */
  readonly milliseconds: () => number | null;
};

/** The first data of a fresh connection come first. */
const FIRST_AFTER_MS = 10_000;
const EVERY_MS = 3_600_000;

/** Compares a host's clock with ours, hourly: date(1) against the middle of the round trip. */
export function compareClocks(options: {
  readonly link: Pick<HostLink, 'ask' | 'cost'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): ClockComparison {
  const { link, clock, signal } = options;
  let milliseconds: number | null = null;
  let timer: Timer | undefined;
  let isUp = false;

  const compare = async (): Promise<void> => {
    const answer = await link.ask([['date', '+%s']], {
      timeoutSeconds: 10,
      canWait: true,
      signal,
    });
    if (answer.kind === 'done' && /^\d{9,12}\s*$/.test(answer.stdout)) {
      const { durationMs, beganAt = clock.now() } = answer;
      const half = (link.cost().roundTripMs ?? 0) / 2;
      // It prints whole seconds: on the average half of one has gone.
      milliseconds = Number(answer.stdout) * 1000 + 500 - (beganAt - half + durationMs / 2);
    }
    if (isUp && !signal.aborted) timer = clock.setTimeout(() => void compare(), EVERY_MS);
  };

  return {
    follow: (up) => {
      isUp = up;
      clock.clearTimeout(timer);
      if (up) timer = clock.setTimeout(() => void compare(), FIRST_AFTER_MS);
    },
    milliseconds: () => milliseconds,
  };
}
