import { pendingBootEnvironment } from '../../domain/boot-environment.ts';
import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** The next boot takes another boot environment than the one that runs: an update that waits for a reboot. */
export const hostUpdates: HostRule<'bootEnvironments'> = {
  id: 'host.updates',
  scope: 'host',
  severity: 'info',
  holdSeconds: 0,
  needs: ['bootEnvironments'],
  check: ({ bootEnvironments }, host) => {
    const next = pendingBootEnvironment(bootEnvironments);
    if (next === null) return [];
    return [
      {
        subject: hostRef(host.name),
        title: `reboot pending: ${next.name} is next${next.isTemporary ? ', for one boot' : ''}`,
        evidence: {
          next: next.name,
          running: bootEnvironments.find(({ isActive }) => isActive)?.name ?? null,
          created: next.createdAt === null ? null : new Date(next.createdAt).toISOString(),
          from: 'beadm list -H',
        },
        hint: 'boot the host when its zones may be down; beadm activate on the host takes it back',
      },
    ];
  },
};
