import type { FeedName } from './inventory.ts';

/** What it costs to watch one host, and how its transport does. Rates are means of about the last five minutes. */
export type HostObserver = {
  readonly transport: 'ssh2' | 'openssh';
  /** From a request to the first byte of its answer; null before the first. */
  readonly roundTripMs: number | null;
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
  /** Processes started on the host, shells among them. */
  readonly forksPerMinute: number | null;
  /** Without sshd; 100 = one CPU. null when no shell tells, and while a program that goes on has not told. */
  readonly cpuPercent: number | null;
  readonly channels: number;
  /** Connections after the first one. */
  readonly reconnects: number;
  /** The host's clock minus ours, to half a second; null before it was compared. */
  readonly clockSkewMs: number | null;
  readonly questions: ReadonlyMap<FeedName, QuestionCost>;
};

/** How one question is asked, and what its last answer took. */
export type QuestionCost = {
  /** The program that is asked, for people. */
  readonly command: string;
  /** Between two asks at present. */
  readonly intervalSeconds: number;
  /** So many times the configured interval, because the host answers late; 1 when it does not. */
  readonly stretch: number;
  readonly isStreamed: boolean;
  /** Of the program that goes on, in its latest run; 100 = one CPU. null: not known. */
  readonly streamCpuPercent: number | null;
  /** Of the last answer; null before the first. */
  readonly durationMs: number | null;
  readonly bytes: number | null;
  /** Answers of the stream that a newer one overtook. */
  readonly dropped: number;
  /** How often it was ended because it took too long, since the connection came up. */
  readonly hangs: number;
};

/** Nothing is known of it yet. */
export const noObserver: HostObserver = {
  transport: 'ssh2',
  roundTripMs: null,
  receivedBytesPerSecond: null,
  sentBytesPerSecond: null,
  forksPerMinute: null,
  cpuPercent: null,
  channels: 0,
  reconnects: 0,
  clockSkewMs: null,
  questions: new Map(),
};
