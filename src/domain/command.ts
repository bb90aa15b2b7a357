import type { Gap } from './feed.ts';
import type { Feeds, FeedName, HostInventory } from './inventory.ts';
import type { Parsed } from './parsed.ts';
import type { EpochMs } from './time.ts';

/** A program and its arguments; never a shell line. */
export type Argv = readonly [program: string, ...rest: string[]];

/** What the remote side is asked in one go: its programs run one after another, their output joined. */
export type Question = readonly Argv[];

/**
 * Programs that answer by themselves at intervals, for as long as they run, each a part of the same question. Between
 * answers they may print empty lines.
 */
export type AnswerStream = {
  /** The programs with their interval, whole seconds. None: not at present. */
  readonly programs: (known: HostInventory, intervalSeconds: number) => readonly Argv[];
  /** What the last line of an answer begins with: programs flush there and sleep then. */
  readonly lastLine: string;
  /**
   * Behind its interval it takes how many answers to give: started anew after so many, it tells what it has cost, and
   * one that was forgotten ends by itself.
   */
  readonly isCounted?: true;
};

/** sh(1): the program was not found. */
const COMMAND_NOT_FOUND = 127;
/** pfexec(1) ends with 1 when there is no such program: pfexec.c, for a name and for a path. */
const NOT_FOUND_BY_PFEXEC =
  /^(\S+): Command not found$|^pfexec: can't execute (\S+): No such file or directory$/m;
/** The texts of ksh93, bash and csh for a program that is not in the path. */
const NOT_FOUND = /([^\s:]+): (?:command )?not found/i;

/** Of an answer whose program is not on the host: its name, or `''` where that is not told; null for any other. */
export function missingProgram({
  code,
  stderr,
}: {
  readonly code: number;
  readonly stderr: string;
}): string | null {
  const byPfexec = NOT_FOUND_BY_PFEXEC.exec(stderr);
  if (byPfexec && code !== 0) return byPfexec[1] ?? byPfexec[2] ?? '';
  return code === COMMAND_NOT_FOUND ? (NOT_FOUND.exec(stderr)?.[1] ?? '') : null;
}

/** When the two answers came that are joined. */
export type FoldTimes = { readonly previous: EpochMs; readonly next: EpochMs };

/**
 * One question to a host, asked at intervals, and how its answer is read.
 * `fold` joins the new value with the one before it, for rates and for what changed when; it must be pure.
 */
export type HostCommand<K extends FeedName = FeedName> = {
  /** The file's name without its suffix. */
  readonly id: string;
  readonly feed: K;
  /** Which of the configured intervals it follows: fast 5 s, slow 60 s, inventory 300 s. */
  readonly pace: 'fast' | 'slow' | 'inventory';
  /** So many of its intervals lie between two asks; default 1. For what also `follows` something, or changes slowly. */
  readonly every?: number;
  /** At most; what is asked at intervals has twice its usual time, 3 to 10 s. */
  readonly timeoutSeconds: number;
  /** It takes long on a sound host too: only `timeoutSeconds` is its limit. */
  readonly isSlow?: true;
  /**
   * What its answer depends on, as other answers tell it: when this changes it is asked again at once, whatever its
   * pace, unless that happens all the time. null: not known.
   */
  readonly follows?: (known: HostInventory) => string | null;
  /**
   * So many fast intervals, or parts of one, lie between two asks while what it tells is under way, if that is less than
   * its own; the span doubles with each answer that repeats the one before. null: nothing is under way.
   */
  readonly hurries?: (known: HostInventory) => number | null;
  /** undefined: nothing to ask at present. */
  readonly question: (known: HostInventory) => Question | undefined;
  /** Why there is nothing to ask then. */
  readonly unasked?: string;
  /** What the program says on its standard error when what it asks about does not exist on the host. */
  readonly absence?: RegExp;
  /**
   * By what a program says that failed: the name of a newer one that is needed in its place, which counts as not
   * installed; null: it is new enough.
   */
  readonly tooOld?: (stdout: string) => string | null;
  /** What it says on its standard error although it ends well tells that something is left out: a complaint each. */
  readonly warns?: true;
  /**
   * The words that tell that a right was missing for all that was asked, of a program that ends well all the same;
   * null: it was not.
   */
  readonly denied?: (stdout: string, stderr: string) => string | null;
  readonly parse: (stdout: string) => Parsed<Feeds[K]>;
  /** What of a good answer is hidden all the same, and why; null: nothing. */
  readonly gap?: (value: Feeds[K]) => Gap | null;
  readonly fold?: (previous: Feeds[K], next: Feeds[K], times: FoldTimes) => Feeds[K];
  /** To fold a value with itself is to fold it with the same answer read anew: what repeats itself need not be read. */
  readonly foldsItself?: true;
  /** The same answer again and again from one program, at no process for each. */
  readonly stream?: AnswerStream;
  /** What cannot be seen when the program is missing or the right is denied, for people. */
  readonly hides: string;
  /** The line that installs the program, where it is no part of every system. */
  readonly install?: string;
  /** The line that an administrator of the host runs to grant the right, when an ordinary user lacks it. */
  readonly grant?: string;
  /**
   * Exit codes other than 0 that still carry a good answer.
   * kstat(8) for one gives 1 when nothing matched.
   */
  readonly goodExitCodes?: readonly number[];
};
