import { expect } from 'vitest';
import type { SourceState } from '../../../../src/domain/inventory.ts';
import type { HostLink } from '../../../../src/domain/transport.ts';

const OFTEN = { interval: 5 };

/** Waits until the condition holds. */
export const until = async (condition: () => boolean): Promise<void> => {
  await expect.poll(condition, OFTEN).toBe(true);
};

/** Waits until the link is in the state; shows the status it is in when it never gets there. */
export const untilState = async (link: HostLink, state: SourceState): Promise<void> => {
  await expect.poll(() => link.status(), OFTEN).toMatchObject({ state });
};
