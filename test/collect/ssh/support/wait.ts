import { expect } from 'vitest';
import type { Argv } from '../../../../src/domain/command.ts';
import type { SourceState } from '../../../../src/domain/inventory.ts';
import type { Answer, HostLink } from '../../../../src/domain/transport.ts';

const OFTEN = { interval: 5 };

/** Waits until the condition holds. */
export const until = async (condition: () => boolean): Promise<void> => {
  await expect.poll(condition, OFTEN).toBe(true);
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
