import { duration } from '../../domain/format.ts';
import { isOver, migrationOf } from '../../domain/kubevirt.ts';
import { wholeSeconds } from '../../domain/lasting.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';
import { kubevirtRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** The newest migration of a virtual machine that has failed, or does not come to its end. */
export const vmMigration: ClusterRule<'migrations'> = {
  id: 'vm.migration',
  scope: 'cluster',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['vm.migration'],
  needs: ['migrations'],
  check: ({ migrations }, cluster, now, { limits, raised }) =>
    [...migrations.byKey.values()].flatMap((migration): readonly Finding[] => {
      const { namespace, instance, createdAt, phase, state } = migration;
      if (instance === null || migrationOf(cluster, namespace, instance) !== migration) return [];
      const subject = kubevirtRef(cluster.name, namespace, instance);
      const evidence = {
        migration: migration.name,
        phase,
        source: state?.source ?? null,
        target: state?.target ?? null,
        reason: state?.reason ?? null,
        from: 'GET /apis/kubevirt.io/v1/virtualmachineinstancemigrations',
      };
      const to = state?.target ? ` to ${state.target}` : '';
      const failedAt = migration.phases.find((each) => each.phase === 'Failed')?.at ?? null;
      if (phase === 'Failed')
        return [
          {
            subject,
            title: `migration${to} failed${state?.reason ? `: ${state.reason}` : ''}`,
            ...(failedAt === null ? {} : { began: failedAt }),
            evidence,
            hint: `it runs on where it was; see why: kubectl -n ${namespace} describe vmim ${migration.name}`,
          },
        ];
      if (isOver(migration) || createdAt === null) return [];
      const seconds = wholeSeconds(now - createdAt);
      const level = levelOf(seconds, 'above', limits, raised(subject));
      if (level === null) return [];
      return [
        {
          subject,
          severity: level,
          title: `migration${to} is ${phase ?? 'not begun'} for ${duration(now - createdAt)}`,
          began: createdAt,
          evidence: {
            ...evidence,
            seconds,
            limitSeconds: level === 'critical' ? limits.critical : limits.warning,
          },
          hint:
            to === ''
              ? 'no node takes it: see the pod virt-launcher of the machine that is pending'
              : 'a guest that changes its memory faster than it is copied never ends: open it to see its progress',
        },
      ];
    }),
};
