import type { LabRule } from '../../domain/problem.ts';
import {
  answers,
  inClusters,
  mayBePause,
  nextStep,
  placeText,
  serves,
  stateText,
} from './clusters.ts';

/** One of several API servers is gone or not ready, while another answers. */
export const apiInstance: LabRule = {
  id: 'api.instance',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (_, components) => {
      if (!components.some(answers)) return [];
      const servers = components.filter(({ kind }) => kind === 'kube-apiserver');
      const serving = servers.filter(serves).length;
      return servers
        .filter(({ sign }) => sign === 'down' || sign === 'degraded')
        .filter((component) => !mayBePause(component, now))
        .map((component) => {
          const { direct, inside, gone } = component;
          return {
            subject: component.ref,
            severity: serving === 0 ? ('critical' as const) : ('warning' as const),
            title: stateText(component),
            ...(direct?.fresh === true ? { began: direct.since } : {}),
            evidence: {
              place: placeText(component),
              readyz: direct?.fresh === true ? direct.state : null,
              failedChecks: direct?.failedChecks.join(', ') || null,
              withinZone: inside?.fresh === true ? (inside.reason ?? inside.state) : null,
              gone,
              serving: `${serving} of ${servers.length}`,
              from: direct ? `GET https://${direct.address}/readyz?verbose` : 'zlogin curl /readyz',
            },
            hint: nextStep(component),
          };
        });
    }),
};
