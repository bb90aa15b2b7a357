import type { EpochMs } from './time.ts';
import type { Tone } from './view.ts';

/** A line of what is told of an object, and how it is to be taken. */
export type DescribedLine = { readonly text: string; readonly tone: Tone };

/** What an object is described with, besides itself. */
export type DescribeContext = {
  readonly now: EpochMs;
  /** Events about it as the API gives them; null when they could not be read. */
  readonly events: readonly unknown[] | null;
  /** Its controller, the controller of that and so on: `ReplicaSet/web-5d8`, `Deployment/web`. */
  readonly owners: readonly string[];
};

/** Tells all that matters of an object, in the order of kubectl describe. */
export type Describer = {
  /** Kinds as the API spells them. */
  readonly kinds: readonly string[];
  readonly describe: (object: unknown, context: DescribeContext) => readonly DescribedLine[];
};
