import { leaderLease } from './leader-lease.ts';

/** Nobody leads the controller managers: nothing is repaired, scaled or cleaned up. */
export const controllerLease = leaderLease(
  'controller.lease',
  'kube-controller-manager',
  'nothing is repaired, scaled or cleaned up',
);
