import { BGP_NODE_CONFIGS, bgpStatus } from './kinds/cilium.ts';
import type { Simulation } from './simulation.ts';
import { rfc3339 } from './time.ts';

/** What can happen to the network of the cluster and to what stands behind its services. */
export type NetworkIncidents = {
  /** Ends all BGP sessions, as when the router's daemon is gone, or lets them come up again. */
  readonly setBgpSessions: (established: boolean) => void;
  /** Asks for so many replicas, as `kubectl scale` does. @throws {Error} if there is no such deployment. */
  readonly scaleDeployment: (namespace: string, name: string, replicas: number) => void;
};

const AGENT = { manager: 'cilium-agent', subresource: 'status' };

export function createNetworkIncidents({
  store,
  clock,
}: Pick<Simulation, 'store' | 'clock'>): NetworkIncidents {
  return {
    setBgpSessions(established) {
      const status = bgpStatus(established ? { since: rfc3339(clock()) } : { state: 'active' });
      for (const { metadata } of store.list(BGP_NODE_CONFIGS))
        store.modify(
          BGP_NODE_CONFIGS,
          undefined,
          metadata.name,
          (config) => ({ ...config, status }),
          AGENT,
        );
    },
    scaleDeployment(namespace, name, replicas) {
      const scaled = store.modify(
        'deployments.apps',
        namespace,
        name,
        (deployment) => ({
          ...deployment,
          spec: { ...(deployment['spec'] as object), replicas },
        }),
        { manager: 'kubectl' },
      );
      if (!scaled) throw new Error(`no such deployment in the lab: ${namespace}/${name}`);
    },
  };
}
