import { expect } from 'vitest';
import type { Argv } from '../../../../src/domain/command.ts';
import type { SourceState } from '../../../../src/domain/inventory.ts';
import type { Answer, HostLink } from '../../../../src/domain/transport.ts';
import type { FakeClock } from './fake-clock.ts';

const OFTEN = { interval: 5 };

/** Waits until the condition holds. */
export const until = async (condition: () => boolean): Promise<void> => {
  await expect.poll(condition, OFTEN).toBe(true);
};

/**
 * Moves the time on until it is so, but not during an attempt to connect: its work takes real time, of which the clock
 * knows nothing.
 */
export const elapse = async (
  {
    clock,
    link,
    stepMs,
  }: { readonly clock: FakeClock; readonly link: HostLink; readonly stepMs: number },
  isSo: () => boolean,
): Promise<void> => {
  await until(() => {
    if (isSo()) return true;
    if ((link.status().phase ?? null) === null) clock.advance(stepMs);
    return false;
  });
};

/** Passes over the waits between attempts until the link is up. */
export const comesBack = async (clock: FakeClock, link: HostLink): Promise<void> => {
  await until(() => {
    const { state, nextAttemptAt } = link.status();
    if (nextAttemptAt !== null) clock.advance(Math.max(0, nextAttemptAt - clock.now()));
    return state === 'up';
  });
};

/** Waits until the link is in the state; shows the status it is in when it never gets there. */
export const untilState = async (link: HostLink, state: SourceState): Promise<void> => {
  await expect.poll(() => link.status(), OFTEN).toMatchObject({ state });
};

/** Asks what hangs, with a limit that grows until it has come so far within it; gives its end. */
export async function askHanging(
  link: HostLink,
  argv: Argv,
  hasCome: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let timeoutSeconds = 0.3; ; timeoutSeconds *= 2) {
    const answer = await link.ask([argv], { timeoutSeconds });
    expect(answer).toMatchObject({ kind: 'timeout', afterSeconds: timeoutSeconds });
    if (hasCome(answer)) return answer;
  }
}
