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
/** After an answer that took so long that it tells little. */
const AGAIN_MS = 60_000;
/** Between the earliest and the latest that the difference may be: it is told to half a second. */
const TIGHT_MS = 2000;

/** Compares a host's clock with ours, hourly, by date(1). */
export function compareClocks(options: {
  readonly link: Pick<HostLink, 'ask'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): ClockComparison {
  const { link, clock, signal } = options;
  let milliseconds: number | null = null;
  let timer: Timer | undefined;
  let isUp = false;

  const compare = async (): Promise<void> => {
    const askedAt = clock.now();
    const answer = await link.ask([['date', '+%s']], {
      timeoutSeconds: 10,
      canWait: true,
      signal,
    });
    let isTight = false;
    if (answer.kind === 'done' && /^\d{9,12}\s*$/.test(answer.stdout)) {
      const said = Number(answer.stdout) * 1000;
      // It looked at its clock between our question and its answer, within the second that it prints.
      const [least, most] = [said - clock.now(), said + 1000 - askedAt];
      isTight = most - least <= TIGHT_MS;
      if (isTight) milliseconds = (least + most) / 2;
      else if (least > 0) milliseconds = least;
      else if (most < 0) milliseconds = most;
    }
    if (isUp && !signal.aborted)
      timer = clock.setTimeout(() => void compare(), isTight ? EVERY_MS : AGAIN_MS);
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
