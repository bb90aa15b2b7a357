import { wholeSeconds } from '../../domain/lasting.ts';
import type { LabRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** Connected, but no byte comes any more: the host hangs, or the network drops its packets. */
export const hostFrozen: LabRule = {
  id: 'host.frozen',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: ({ hosts }, now) =>
    hosts
      .filter(({ source }) => source.state === 'frozen')
      .map(({ name, source }) => ({
        subject: hostRef(name),
        title: 'frozen: connected, but gives no data',
        began: source.lastDataAt ?? source.since,
        evidence: {
          error: source.error?.code ?? null,
          lastDataAgeSeconds:
            source.lastDataAt === null ? null : wholeSeconds(now - source.lastDataAt),
          from: 'ssh',
        },
        hint: source.error?.hint || 'see the console of the host over its out-of-band management',
      })),
};
