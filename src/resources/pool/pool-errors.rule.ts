import { plural } from '../../domain/format.ts';
import type { HostRule } from '../../domain/problem.ts';
import { poolRef } from '../../domain/ref.ts';

/** zpool(8) says so when there are errors that an ordinary user may not list. */
const UNLISTED = 'List of errors unavailable';

/** Data of a pool is lost: no redundancy could repair it. */
export const poolErrors: HostRule<'poolStatus'> = {
  id: 'pool.errors',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['poolStatus'],
  check: ({ poolStatus }, { name: host }) =>
    poolStatus
      .filter(
        ({ errors, errorCount }) =>
          (errorCount ?? 0) > 0 || (errorCount === null && errors?.startsWith(UNLISTED) === true),
      )
      .map(({ name, errors, errorCount, scan }) => ({
        subject: poolRef(host, name),
        title: errorCount === null ? 'data errors' : plural(errorCount, 'data error'),
        evidence: { errorCount, errors, scan: scan.text || null, from: 'zpool status' },
        hint: `see which files are lost, as root: zpool status -v ${name}; then restore them`,
      })),
};
