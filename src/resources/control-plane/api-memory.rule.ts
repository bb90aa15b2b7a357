import { bytes, duration, percent } from '../../domain/format.ts';
import type { LabRule } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import { inClusters, placeText } from './clusters.ts';

/** The memory of an API server's zone is near its cap, where the kernel begins to page and the server is killed. */
export const apiMemory: LabRule = {
  id: 'api.memory',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 10,
  limits: THRESHOLDS['api.memory'],
  check: (inventory, now, { limits, raised }) =>
    inClusters(inventory, now, (_, components) =>
      components
        .filter(({ kind }) => kind === 'kube-apiserver')
        .flatMap((component) => {
          const { ref, rssBytes, memoryCapBytes, direct } = component;
          if (rssBytes === null || !memoryCapBytes) return [];
          const share = (rssBytes / memoryCapBytes) * 100;
          const severity = levelOf(share, 'above', limits, raised(ref));
          if (severity === null) return [];
          const perMinute = direct?.fresh === true ? direct.metrics?.residentBytesPerMinute : null;
          const left = memoryCapBytes - rssBytes;
          const secondsToCap =
            perMinute && perMinute > 0 && left > 0 ? Math.round((left / perMinute) * 60) : null;
          return [
            {
              subject: ref,
              severity,
              title: `memory ${percent(share)} of the zone's cap${secondsToCap === null ? '' : `, reached in ${duration(secondsToCap * 1000)} at this pace`}`,
              evidence: {
                rssBytes,
                memoryCapBytes,
                percent: Math.round(share * 10) / 10,
                bytesPerMinute: perMinute ? Math.round(perMinute) : null,
                secondsToCap,
                place: placeText(component),
                from: 'kstat memory_cap, /metrics process_resident_memory_bytes',
              },
              hint: `${bytes(left)} are left: see which resource multiplies, tab objects`,
            },
          ];
        }),
    ),
};
