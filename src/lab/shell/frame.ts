import type { Machine } from '../machine.ts';
import type { Terminal } from '../terminal.ts';
import type { Input, Output } from './streams.ts';
import type { Command, List } from './syntax.ts';

/** The descriptors 0, 1 and 2; `exec` with redirections changes them in place. */
export type Streams = { stdin: Input; stdout: Output; stderr: Output };

/** What a signal from outside goes to: everything that one channel started. */
export type Group = {
  readonly machine: Machine;
  readonly pid: number;
  /** The controlling terminal; null without one. */
  readonly terminal: Terminal | null;
  controller: AbortController;
  /** The signal that aborted the controller before this one. */
  lastSignal: string;
  /** Programs that have ended, for times(1). */
  ended: number;
};

/** The state of a shell or subshell. */
export type Frame = {
  readonly group: Group;
  readonly pid: number;
  readonly privileged: boolean;
  readonly name: string;
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  readonly functions: Map<string, Command>;
  readonly traps: Map<string, string>;
  positional: readonly string[];
  status: number;
};

export const copyFrame = (frame: Frame): Frame => ({
  ...frame,
  variables: new Map(frame.variables),
  exported: new Set(frame.exported),
  functions: new Map(frame.functions),
  traps: new Map(frame.traps),
});

/** Ends the shell or subshell. */
export class ExitShell extends Error {
  readonly code: number;
  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}
/** Ends a function. */
export class ReturnFromFunction extends Error {
  readonly code: number;
  constructor(code: number) {
    super('return');
    this.code = code;
  }
}
/** `break` and `continue`. */
export class LeaveLoop extends Error {
  readonly again: boolean;
  constructor(again: boolean) {
    super('loop');
    this.again = again;
  }
}
/** A signal without a trap ended what ran. */
export class KilledBySignal extends Error {
  readonly signal: string;
  constructor(signal: string) {
    super(signal);
    this.signal = signal;
  }
}

const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  KILL: 9,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
};

/** The name of a signal given as `TERM`, `SIGTERM` or `15`. */
export function signalName(text: string): string {
  const name = text.replace(/^SIG/, '').toUpperCase();
  return Object.entries(SIGNALS).find(([, number]) => String(number) === name)?.[0] ?? name;
}

/** ksh93 reports death by a signal as 256 plus its number. */
export const signalStatus = (name: string): number => 256 + (SIGNALS[name] ?? 15);

/** Runs a list of commands in a shell; gives the status of the last one. */
export type RunList = (list: List, frame: Frame, streams: Streams) => Promise<number>;

const isFinal = (group: Group): boolean =>
  group.lastSignal === 'HUP' || group.lastSignal === 'KILL';

/** Whether a shell goes on after the signal that came last: it has a trap, and the signal can be trapped. */
export const survivesSignal = ({ group, traps }: Frame): boolean =>
  !isFinal(group) && traps.has(group.lastSignal);

/** After a signal: goes on when the shell has a trap for it, ends the shell otherwise. */
export function passSignal(frame: Frame): void {
  if (!survivesSignal(frame)) throw new KilledBySignal(frame.group.lastSignal);
}

/** Whether an interactive shell goes on after the signal that came last. */
export const survivesAtPrompt = ({ group }: Frame): boolean => !isFinal(group);
