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
  /** The objects that its describer also asked for; null when they could not be read. */
  readonly others: readonly unknown[] | null;
};

/** Which other objects are wanted to tell of one: a list, with what is selected of it. */
export type WantedList = {
  /** `/api/v1/pods` */
  readonly path: string;
  readonly fieldSelector: string;
};

/** Tells all that matters of an object, in the order of kubectl describe. */
export type Describer = {
  /** Kinds as the API spells them. */
  readonly kinds: readonly string[];
  /** What is asked for besides the object itself; null for nothing. */
  readonly wants?: (object: unknown) => WantedList | null;
  readonly describe: (object: unknown, context: DescribeContext) => readonly DescribedLine[];
};
