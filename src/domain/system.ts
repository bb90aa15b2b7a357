import type { EpochMs } from './time.ts';

/** A CPU, as psrinfo(8) tells it. */
export type Processor = {
  readonly id: number;
  /** on-line, off-line, no-intr, spare, faulted, powered-off, disabled. */
  readonly state: string;
};

/** How the host's clock is kept right. */
export type TimeSync = {
  readonly daemon: 'chrony' | 'ntp';
  /** What it follows; null when it follows nothing. */
  readonly source: string | null;
  /** How far the source is from a reference clock. */
  readonly stratum: number | null;
  /** The host's clock minus the source's. */
  readonly offsetSeconds: number | null;
  /** `Normal`, `Insert second`, `Delete second`, `Not synchronised`; null where it is not told. */
  readonly leap: string | null;
  /** What else it could follow; chrony is not asked for it. */
  readonly peers: readonly TimePeer[];
};
export type TimePeer = {
  readonly name: string;
  /** The first column of ntpq: `*` followed, `+` combined, `-` outlier, `x` false, a blank for none. */
  readonly tally: string;
  readonly stratum: number | null;
  /** The last eight polls as bits: 255 when all were answered, 0 when none. */
  readonly reach: number | null;
  readonly delayMs: number | null;
  readonly offsetMs: number | null;
  readonly jitterMs: number | null;
};

/** What happens when the kernel panics, dumpadm(8), and what is left of former panics. */
export type CrashDumps = {
  /** `kernel`, `kernel and current process`, `all`. */
  readonly content: string | null;
  /** null: dumps are disabled. */
  readonly device: string | null;
  readonly directory: string | null;
  readonly isSavecoreEnabled: boolean | null;
  /** Files in the directory; null when it cannot be read. */
  readonly files: readonly ListedFile[] | null;
};
/** A file in a folder. */
export type ListedFile = {
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly writtenAt: EpochMs | null;
};

/** A line of /var/adm/messages. */
export type LogLine = {
  /** `Nov 20 10:02:55`: syslogd writes no year. */
  readonly timeText: string | null;
  /** `unix`, `svc.startd`, `sshd`; null when the line is not in the form of syslogd. */
  readonly program: string | null;
  /** `kern.warning`; null when there is none. */
  readonly priority: string | null;
  readonly text: string;
};
