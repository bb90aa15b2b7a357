/** What the vCPUs of a virtual machine have done, summed over them; running sums in nanoseconds. */
export type VcpuTimes = {
  /** In the guest. */
  readonly runNs: bigint;
  /** Halted: the guest had nothing to do. */
  readonly idleNs: bigint;
  /** The host emulated a device for it. */
  readonly emulationNs: bigint;
  /** Ready, but not on a CPU of the host. */
  readonly waitNs: bigint;
  /**
   * The part of the time between the last two answers in which they were ready and waited for a CPU, which a guest
   * sees as stolen; null until there are two.
   */
  readonly stealPercent: number | null;
};
