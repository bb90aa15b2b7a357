import type { Feed } from '../../../domain/feed.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import type { Run } from '../canvas.ts';
import { muted, run } from '../lines.ts';

/** Nothing that a host said is known to hold any more. */
export const isBlind = (host: HostInventory): boolean => host.source.state !== 'up';

/** Why there is no answer. */
export function feedWords(feed: Feed<unknown>): Run {
  switch (feed.status) {
    case 'ok':
      return muted('answered');
    case 'pending':
      return run('not asked yet', 'unknown');
    case 'absent':
      return muted(feed.unasked ? `not asked: ${feed.reason}` : `not there: ${feed.reason}`);
    case 'denied':
      return run(`denied: ${feed.reason}`, 'warn');
    case 'failed':
      return run(feed.error.message, 'bad');
  }
}
