import type { LabRule } from '../../domain/problem.ts';
import { clusterRef } from '../../domain/ref.ts';
import { answers, inClusters, mayBePause, nextStep, placeText, stateText } from './clusters.ts';

/**
 * Nobody answers for the API of a cluster: no API server that is asked by itself, nor the virtual IP. Where each of
 * them should run, and what its zone says, is in the evidence.
 */
export const apiDown: LabRule = {
  id: 'api.down',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: (inventory, now) =>
    inClusters(inventory, now, (cluster, components) => {
      const servers = components.filter(({ kind }) => kind === 'kube-apiserver');
      // A proxy that lets nobody through tells nothing of what is behind it.
      const asked = components.filter(
        ({ direct }) => direct?.fresh === true && direct.state !== 'no-way',
      );
      if (asked.length === 0 || components.some(answers)) return [];
      if (asked.some((component) => mayBePause(component, now))) return [];
      const [first] = servers;
      return [
        {
          subject: clusterRef(cluster.name),
          title:
            servers.length === 0
              ? `the API does not answer: ${asked.map(stateText).join(', ')}`
              : `no API server answers: ${servers.map(({ name }) => name).join(', ')}`,
          began: Math.max(...asked.map(({ direct }) => direct?.since ?? now)),
          evidence: {
            apiServers: servers.length,
            answering: 0,
            ...Object.fromEntries(
              components
                .filter(({ kind }) => kind === 'kube-apiserver' || kind === 'vip')
                .map((component) => [
                  component.name,
                  `${stateText(component)} (${placeText(component)})`,
                ]),
            ),
            from: asked
              .map(({ direct }) => `GET https://${direct?.address ?? ''}/readyz`)
              .join(', '),
          },
          hint: first
            ? nextStep(first)
            : 'see whether the API server runs, and whether the way to it is open',
        },
      ];
    }),
};
