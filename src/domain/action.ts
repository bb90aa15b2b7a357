import type { Argv } from './command.ts';
import type { FeedName, Inventory } from './inventory.ts';
import type { Ref, RefKind } from './ref.ts';

/** How much confirmation an action asks for: 0 none, 1 a key, 2 the short name typed, 3 the consequence typed. */
export type GuardLevel = 0 | 1 | 2 | 3;

/** Exactly what would be run. */
export type Plan = {
  readonly action: string;
  readonly subject: Ref;
  readonly host: string;
  readonly argv: Argv;
  readonly timeoutSeconds: number;
  /** What tells the subject from another one of its name: its UUID, its state. */
  readonly identity: readonly string[];
  /** What it does, one sentence each, for the dialog. */
  readonly effects: readonly string[];
  /** Feeds to ask again at once while it runs and afterwards. */
  readonly refresh: readonly FeedName[];
  /** How long the result may take to be seen, after the command has ended. */
  readonly observeSeconds: number;
  /** Identity of the subject when the plan was made; a changed one reopens the dialog. */
  readonly fingerprint: string;
};

/** What the inventory says of an action that was started. */
export type Observation =
  | { readonly state: 'waiting'; readonly step: string }
  | { readonly state: 'done'; readonly evidence: string }
  | { readonly state: 'failed'; readonly reason: string };

export type Action = {
  /** `zone.restart`. */
  readonly id: string;
  readonly verb: string;
  readonly label: string;
  /** The key in the panes of `kinds`. */
  readonly key: string;
  readonly kinds: readonly RefKind[];
  readonly guard: GuardLevel;
  /** Whether its subject is away for a while: what stands in for it meanwhile decides how it is guarded. */
  readonly stops: boolean;
  /** A reason why it cannot be done now; undefined when it can. */
  readonly unavailable: (subject: Ref, inventory: Inventory) => string | undefined;
  readonly plan: (subject: Ref, inventory: Inventory) => Plan;
  /** Compares the inventory before and now. */
  readonly observe: (subject: Ref, before: Inventory, now: Inventory) => Observation;
  /** What a person may do next, by how the subject is after a run that did not end well. */
  readonly next?: (subject: Ref, now: Inventory) => string | undefined;
};
