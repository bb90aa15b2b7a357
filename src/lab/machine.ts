import type { LabClock } from './clock.ts';
import type { HostModel } from './model/host.ts';
import type { Chunk, Input, Output } from './shell/streams.ts';
import type { Terminal } from './terminal.ts';
import type { World } from './world.ts';
import type { ZoneConsole } from './zone-console.ts';

/** Faults of single programs, by program name; they can be set and taken back at any time. */
export type ProgramFaults = {
  /** Printed in place of the program's output. */
  readonly garbage: Map<string, Chunk>;
  /** Prints this on its standard error and fails. */
  readonly failing: Map<string, Chunk>;
  /** Prints without end until it is killed. */
  readonly flooding: Set<string>;
  /** Never ends until it is killed. */
  readonly hanging: Set<string>;
  /** Is not installed. */
  readonly missing: Set<string>;
  /** Every program begins so much later. */
  delayMs: number;
};

/** Programs that all work. */
export const noFaults = (): ProgramFaults => ({
  garbage: new Map(),
  failing: new Map(),
  flooding: new Set(),
  hanging: new Set(),
  missing: new Set(),
  delayMs: 0,
});

/** The operating system around the shell: one per host of the lab, and one for whoever is inside a zone. */
export type Machine = {
  readonly world: World;
  readonly nodeName: string;
  /** `global`, or the zone that this is the inside of. */
  readonly zoneName: string;
  readonly clock: LabClock;
  readonly user: string;
  readonly programs: ReadonlyMap<string, Program>;
  readonly faults: ProgramFaults;
  /** The programs to which the user's rights profiles give privileges; it can be changed at any time. */
  readonly profile: Set<string>;
  /** The host, brought up to the present. */
  readonly host: () => HostModel;
  /** The content of a file; undefined when there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** Shells by process id, for kill(1). */
  readonly processes: Map<number, (signal: string) => void>;
  /** What zoneadmd(8) keeps of each zone's console, by the zone's name. */
  readonly consoles: Map<string, ZoneConsole>;
  readonly nextPid: () => number;
};

/** What a program is started with. */
export type ProgramContext = {
  readonly machine: Machine;
  readonly name: string;
  /** Without the name of the program. */
  readonly args: readonly string[];
  /** Has all privileges: started by pfexec(1). */
  readonly privileged: boolean;
  /** The controlling terminal; null without one. */
  readonly terminal: Terminal | null;
  readonly pid: number;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when a signal ends the program. */
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Runs another program on the same streams. */
  readonly spawn: (argv: readonly string[], privileged: boolean) => Promise<number>;
};

export type Program = {
  readonly name: string;
  readonly directory: '/usr/bin' | '/usr/sbin' | '/usr/lib/fm/fmd' | '/opt/ooce/sbin';
  /** Gives the exit code. */
  readonly run: (context: ProgramContext) => number | Promise<number>;
};

/** Writes a message of a program in the usual form and gives exit code 1. */
export function fail(context: ProgramContext, message: string, code = 1): number {
  context.stderr.write(`${context.name}: ${message}\n`);
  return code;
}
