import { leaderLease } from './leader-lease.ts';

/** Nobody leads the schedulers: new pods wait. */
export const schedulerLease = leaderLease(
  'scheduler.lease',
  'kube-scheduler',
  'nobody schedules new pods',
);
