/** One open case of the fault manager, as `fmadm faulty` prints it. */
export type Fault = {
  /** EVENT-ID, a UUID. */
  readonly id: string;
  /** MSG-ID, such as `ZFS-8000-FD`; null when the column is empty. */
  readonly messageId: string | null;
  /** As printed: Minor, Major, Critical, or a newer word. */
  readonly severity: string;
  /** As printed: without a year while the event is recent. */
  readonly timeText: string;
  /** Fault classes, such as `fault.fs.zfs.vdev.io`, without their share of certainty. */
  readonly classes: readonly string[];
  /** What the fault affects, such as `zfs://pool=tank/vdev=3706b5d93e20f727`. */
  readonly affects: readonly string[];
  /** The part that can be replaced, as the text behind `FRU` says; null when there is none. */
  readonly fru: string | null;
  readonly description: string | null;
  readonly response: string | null;
  readonly impact: string | null;
  readonly action: string | null;
};
