import { expect, vi } from 'vitest';
import type { SourceState } from '../../../../src/domain/inventory.ts';
import type { HostLink } from '../../../../src/domain/transport.ts';

/** Waits until the condition holds. */
export const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 5 });

/** Waits until the link is in the state; shows the status it is in when it never gets there. */
export const untilState = (link: HostLink, state: SourceState): Promise<void> =>
  vi.waitFor(() => expect(link.status()).toMatchObject({ state }), {
    timeout: 20_000,
    interval: 5,
  });
