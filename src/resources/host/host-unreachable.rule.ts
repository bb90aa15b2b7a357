import { wholeSeconds } from '../../domain/lasting.ts';
import type { LabRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** No connection to a host after at least one attempt; a host that was lost a moment ago is still connecting. */
export const hostUnreachable: LabRule = {
  id: 'host.unreachable',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: ({ hosts }, now) =>
    hosts
      .filter(({ source }) => source.state === 'down' && source.attempt > 0)
      .map(({ name, source }) => ({
        subject: hostRef(name),
        title: source.error ? `unreachable: ${source.error.message}` : 'unreachable',
        began: source.lastDataAt ?? source.since,
        evidence: {
          error: source.error?.code ?? null,
          attempts: source.attempt,
          lastDataAgeSeconds:
            source.lastDataAt === null ? null : wholeSeconds(now - source.lastDataAt),
          from: 'ssh',
        },
        hint: source.error?.hint || 'see whether the host has power and its link is up',
      })),
};
