import { standby } from './standby.ts';

/** A scheduler is gone that would take over from the one that leads. */
export const schedulerStandby = standby('scheduler.standby', 'kube-scheduler');
