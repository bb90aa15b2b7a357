import { bytes, duration } from '../../domain/format.ts';
import type { HostRule } from '../../domain/problem.ts';
import { poolRef } from '../../domain/ref.ts';

/** A pool copies data to a device that was replaced or came back; until it is done it has less redundancy. */
export const poolResilver: HostRule<'poolStatus'> = {
  id: 'pool.resilver',
  scope: 'host',
  severity: 'info',
  holdSeconds: 0,
  needs: ['poolStatus'],
  check: ({ poolStatus }, { name: host }) =>
    poolStatus
      .filter(({ scan }) => scan.kind === 'resilver-running')
      .map(({ name, scan: { percentDone, progress, text } }) => {
        const left = progress?.secondsLeft ?? null;
        const rate = progress?.rate ?? null;
        const began = progress?.startedAt ?? null;
        return {
          subject: poolRef(host, name),
          title: [
            'resilvering',
            ...(percentDone === null ? [] : [`, ${percentDone}% done`]),
            ...(left === null ? [] : [`, ${duration(left * 1000)} to go`]),
          ].join(''),
          evidence: {
            percentDone,
            secondsLeft: left,
            rate: rate === null ? null : `${bytes(rate)}/s`,
            doneBytes: progress?.doneBytes ?? null,
            totalBytes: progress?.totalBytes ?? null,
            scan: text,
            from: 'zpool status',
          },
          hint: 'wait; another device that fails meanwhile may cost data',
          ...(began === null ? {} : { began }),
        };
      }),
};
