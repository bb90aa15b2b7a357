import type { EpochMs } from './time.ts';

/** An instance of an SMF service, as svcs(1) lists it. */
export type Service = {
  /** `svc:/network/ssh:default`, or `lrc:/etc/rc2_d/S20sysetup` for a script of old. */
  readonly fmri: string;
  /** As smf(7) has it: online, offline, degraded, maintenance, disabled, uninitialized, legacy_run. */
  readonly state: string;
  /** Where it is going to; null when it stays. */
  readonly nextState: string | null;
};

/** Why a service does not run, as `svcs -x` explains it. */
export type ServiceExplanation = {
  readonly fmri: string;
  readonly description: string | null;
  readonly zone: string | null;
  readonly state: string | null;
  readonly since: EpochMs | null;
  /** `Start method failed repeatedly, last exited with status 1.` */
  readonly reason: string | null;
  /** Where its methods print to. */
  readonly log: string | null;
  /** Articles and manual pages. */
  readonly see: readonly string[];
  readonly impact: string | null;
};

/** The services of the global zone. */
export type Services = {
  /** Those that are meant to run. */
  readonly services: readonly Service[];
  /** Of those that do not, and of those that keep others from it. */
  readonly explanations: readonly ServiceExplanation[];
};

/** A service that is meant to run and has given up, or runs with less than it should. */
export const isUnwell = ({ state }: Pick<Service, 'state'>): boolean =>
  state === 'maintenance' || state === 'degraded';
