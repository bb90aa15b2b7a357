import { bytes } from '../../domain/format.ts';
import { datasetOwners } from '../../domain/joined-datasets.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { datasetRef } from '../../domain/ref.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

/** A dataset that nearly fills its quota. Those of zones are told by `zone.disk`. */
export const datasetQuota: HostRule<'datasets'> = {
  id: 'dataset.quota',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['dataset.quota'],
  needs: ['datasets'],
  check: ({ datasets }, host, _now, { limits, raised }) => {
    const limited = datasets.filter(
      ({ quotaBytes, refquotaBytes }) => quotaBytes !== null || refquotaBytes !== null,
    );
    if (limited.length === 0) return [];
    const owners = datasetOwners(host);
    return limited
      .filter(({ name }) => !owners.has(name))
      .flatMap((dataset): readonly Finding[] => {
        const subject = datasetRef(host.name, dataset.name);
        const quotas = [
          { kind: 'quota', limit: dataset.quotaBytes, used: dataset.usedBytes },
          { kind: 'refquota', limit: dataset.refquotaBytes, used: dataset.referencedBytes },
        ]
          .flatMap(({ kind, limit, used }) =>
            limit === null || used === null
              ? []
              : [{ kind, limit, used, percent: (used / limit) * 100 }],
          )
          .toSorted((a, b) => b.percent - a.percent);
        const [worst] = quotas;
        if (!worst) return [];
        const severity = levelOf(worst.percent, 'above', limits, raised(subject));
        if (severity === null) return [];
        return [
          {
            subject,
            severity,
            title: `${Math.floor(worst.percent)}% of its ${worst.kind} of ${bytes(worst.limit)}`,
            evidence: {
              percent: Math.round(worst.percent * 10) / 10,
              usedBytes: worst.used,
              [`${worst.kind}Bytes`]: worst.limit,
              snapshotBytes: dataset.usedBySnapshotsBytes,
              from: 'zfs list',
            },
            hint: `make room, remove snapshots, or raise it: zfs set ${worst.kind}=SIZE ${dataset.name}`,
          },
        ];
      });
  },
};
