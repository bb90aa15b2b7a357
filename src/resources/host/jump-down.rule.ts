import type { HostInventory } from '../../domain/inventory.ts';
import { wholeSeconds } from '../../domain/lasting.ts';
import type { LabRule } from '../../domain/problem.ts';
import { jumpHostRef } from '../../domain/ref.ts';

/** One host alone tells it by itself. */
const LEAST_HOSTS = 2;

/** A jump host behind which several hosts are lost; one that is watched itself and lost tells it as a host. */
export const jumpDown: LabRule = {
  id: 'jump.down',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: ({ hosts }, now) => {
    const names = new Set(hosts.map(({ name }) => name));
    const lost = new Set(hosts.flatMap((host) => (isLost(host) ? [host.name] : [])));
    const behind = Map.groupBy(
      hosts.filter((host) => isLost(host)),
      ({ source }) => source.error?.jump,
    );
    return [...behind].flatMap(([jump, those]) => {
      const [first] = those;
      if (jump === undefined || those.length < LEAST_HOSTS || lost.has(jump) || !first) return [];
      const { error } = first.source;
      const began = Math.min(...those.map(({ source }) => source.lastDataAt ?? source.since));
      return {
        subject: jumpHostRef(jump, names.has(jump)),
        title: `no way through the jump host ${jump}: ${those.length} hosts behind it are lost`,
        began,
        evidence: {
          error: error?.message ?? null,
          hosts: those.length,
          lostSeconds: wholeSeconds(now - began),
          from: 'ssh',
        },
        hint: error?.hint ?? '',
      };
    });
  },
};

const isLost = ({ source }: HostInventory): boolean =>
  source.attempt > 0 &&
  source.state !== 'up' &&
  source.state !== 'stale' &&
  source.state !== 'connecting';
