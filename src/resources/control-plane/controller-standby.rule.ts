import { standby } from './standby.ts';

/** A controller manager is gone that would take over from the one that leads. */
export const controllerStandby = standby('controller.standby', 'kube-controller-manager');
