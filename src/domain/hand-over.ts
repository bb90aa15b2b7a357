import type { Argv } from './command.ts';
import type { Inventory } from './inventory.ts';
import type { Ref, RefKind } from './ref.ts';

/** What the terminal is to be handed to. */
export type HandOverPlan = {
  readonly handOver: string;
  readonly subject: Ref;
  /** Where one is meanwhile: `etcd1`. */
  readonly place: string;
  readonly host: string;
  /** The program on the host; null for the login shell. */
  readonly argv: Argv | null;
  /**
   * How it is left: a shell by its own `exit`; a console has no end of its own and is left by the escape character
   * and a dot at the beginning of a line.
   */
  readonly ends: 'exit' | 'escape';
  /** Which instance of the subject it was: a zone's id changes at every boot. */
  readonly fingerprint: string;
};

export type HandOverOptions = {
  /** The escape character of zlogin(1); the program's own is `~`. */
  readonly escape: string;
};

/** A program that takes the whole terminal until its user leaves it. */
export type HandOver = {
  /** `zone.console`. */
  readonly id: string;
  readonly verb: string;
  readonly label: string;
  readonly key: string;
  readonly kinds: readonly RefKind[];
  /** A reason why it cannot be done now; undefined when it can. */
  readonly unavailable: (subject: Ref, inventory: Inventory) => string | undefined;
  readonly plan: (subject: Ref, inventory: Inventory, options: HandOverOptions) => HandOverPlan;
};

/** zlogin's own escape character. */
export const USUAL_ESCAPE = '~';
