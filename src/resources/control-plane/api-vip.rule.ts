import type { LabRule } from '../../domain/problem.ts';
import { inClusters, mayBePause, placeText, serves, stateText } from './clusters.ts';

/** The virtual IP in front of the API servers does not answer, while they do. */
export const apiVip: LabRule = {
  id: 'api.vip',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (_, components) => {
      const serving = components.filter(
        (component) => component.kind === 'kube-apiserver' && serves(component),
      );
      return components
        .filter((vip) => vip.kind === 'vip' && vip.direct?.fresh === true && !serves(vip))
        .filter((vip) => vip.direct?.state !== 'no-way' && !mayBePause(vip, now))
        .filter(() => serving.length > 0)
        .map((vip) => ({
          subject: vip.ref,
          title: `the virtual IP does not answer (${stateText(vip)}), ${serving.map(({ name }) => name).join(', ')} behind it ${serving.length === 1 ? 'does' : 'do'}`,
          ...(vip.direct ? { began: vip.direct.since } : {}),
          evidence: {
            address: vip.direct?.address ?? null,
            state: vip.direct?.state ?? null,
            error: vip.direct?.error?.message ?? null,
            serving: serving.map(({ name }) => name).join(', '),
            place: vip.zone ? placeText(vip) : null,
            from: `GET https://${vip.direct?.address ?? ''}/readyz, and the same of each API server`,
          },
          hint: vip.zone
            ? `see the load balancer in ${placeText(vip)}: C opens its console`
            : 'see whether the load balancer runs, and who holds its address',
        }));
    }),
};
