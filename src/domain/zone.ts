import type { EpochMs } from './time.ts';

/** zoneadm(8). `unknown` is a state word that the console does not know. */
export type ZoneState =
  | 'configured'
  | 'incomplete'
  | 'installed'
  | 'ready'
  | 'mounted'
  | 'running'
  | 'shutting_down'
  | 'down'
  | 'unknown';

/** One line of `zoneadm list -cp`. The global zone is not among the zones of a feed. */
export type ZoneEntry = {
  readonly name: string;
  /** null when the zone is not active in the kernel. Changes at every boot. */
  readonly zoneId: number | null;
  readonly state: ZoneState;
  /** The word as printed, also when the console does not know it. */
  readonly stateText: string;
  readonly zonepath: string;
  readonly uuid: string | null;
  readonly brand: string;
  readonly ipType: 'excl' | 'shared' | null;
  /** Since when it has been seen in this state; null in the first answer of all. */
  readonly stateSince: EpochMs | null;
  /** Whether it was seen to come into this state, so that `stateSince` is when it did. */
  readonly sawStateBegin: boolean;
};

/** What zonecfg(8) knows of a zone. Attribute values that may be secrets are never kept. */
export type ZoneConfig = {
  readonly zone: string;
  readonly brand: string | null;
  readonly autoboot: boolean | null;
  readonly ipType: 'exclusive' | 'shared' | null;
  /** 100 = one CPU. */
  readonly cpuCapPercent: number | null;
  readonly memoryCapBytes: number | null;
  readonly swapCapBytes: number | null;
  readonly nets: readonly ZoneNet[];
  readonly vm: VmConfig | null;
  readonly datasets: readonly string[];
};
export type ZoneNet = {
  /** The link inside the zone (`physical`); null when it is made at boot without a name. */
  readonly physical: string | null;
  /** The link below it in the global zone, for on-demand VNICs. */
  readonly globalNic: string | null;
  readonly vlanId: number | null;
  readonly addresses: readonly string[];
};
/** Attributes of brands bhyve, kvm and emu. */
export type VmConfig = {
  readonly vcpus: number | null;
  readonly ramBytes: number | null;
  /** zvol dataset names, boot disk first. */
  readonly disks: readonly string[];
  readonly vnc: string | null;
  /** `BHYVE`, `BHYVE_CSM`, `BHYVE_RELEASE`; null: the brand's own choice. */
  readonly bootrom: string | null;
  /** What the guest is started from, in its order; null: the brand's own choice. */
  readonly bootOrder: string | null;
  /** `custom`: from a file or an address, which may be secret. */
  readonly cloudInit: 'on' | 'off' | 'custom' | null;
  /** The kind of system that the guest is: `generic`, `windows`, `openbsd`. */
  readonly guestType: string | null;
  /** The emulated disk controller and network card. */
  readonly diskInterface: string | null;
  readonly netInterface: string | null;
  /** PCI devices of the host that are passed through. */
  readonly passedThrough: readonly string[];
};

/** Brands whose zone is a virtual machine. */
export const isVmBrand = (brand: string): boolean =>
  brand === 'bhyve' || brand === 'kvm' || brand === 'emu';

/** zonecfg(8): begins with a letter or a digit, at most 63 characters. */
const ZONE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** Whether a name may stand in a command line: it follows the grammar of zone names and is not reserved. */
export const isZoneName = (name: string): boolean =>
  ZONE_NAME.test(name) && name !== 'global' && !name.startsWith('SUNW');
