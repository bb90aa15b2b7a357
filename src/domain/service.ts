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

/** The services of a zone other than the global one, as far as they are kept. */
export type ZoneServices = {
  /** How many are meant to run. */
  readonly count: number;
  /** The state of milestone/multi-user-server: online when the zone has come up; null when it has none. */
  readonly milestone: string | null;
  /** Those in maintenance, degraded or off-line. */
  readonly notOnline: readonly Service[];
  /** FMRIs that tell what the zone is for. */
  readonly telling: readonly string[];
  /** Such services that it had before and has no more: when they were seen last. */
  readonly ended?: ReadonlyMap<string, EpochMs>;
};

/** What svcs(1) tells of all zones at once. */
export type ServicesOfZones = {
  /** By the zone's name; a zone whose repository could not be opened is not among them. */
  readonly zones: ReadonlyMap<string, ZoneServices>;
  readonly explanations: readonly ServiceExplanation[];
};

/** A service that is meant to run and has given up, or runs with less than it should. */
export const isUnwell = ({ state }: Pick<Service, 'state'>): boolean =>
  state === 'maintenance' || state === 'degraded';

/** A method of it runs: what it is now is not what it will be soon. */
export const isInTransition = ({ nextState }: Pick<Service, 'nextState'>): boolean =>
  nextState !== null;
