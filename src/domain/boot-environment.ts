import type { EpochMs } from './time.ts';

/** A boot environment, as beadm(8) lists it. */
export type BootEnvironment = {
  readonly name: string;
  readonly uuid: string | null;
  /** `N`: the host runs on it. */
  readonly isActive: boolean;
  /** `R`: the next boot takes it. */
  readonly isActiveOnReboot: boolean;
  /** `T`: the next boot takes it once, the one after that does not. */
  readonly isTemporary: boolean;
  /** Where it is mounted; null when it is not. */
  readonly mountpoint: string | null;
  readonly spaceBytes: number | null;
  readonly createdAt: EpochMs | null;
};

/** The boot environment that the next boot takes, when it is another than the one that runs; null when it is not. */
export function pendingBootEnvironment(all: readonly BootEnvironment[]): BootEnvironment | null {
  const next = all.find(({ isTemporary }) => isTemporary) ?? all.find((be) => be.isActiveOnReboot);
  return next === undefined || next.isActive || !all.some(({ isActive }) => isActive) ? null : next;
}
