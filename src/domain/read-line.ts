import type { EpochMs } from './time.ts';
import type { Tone } from './view.ts';

/** A line of a text that is read on a screen of its own. */
export type ReadLine = {
  /** Tells lines apart as long as the text is shown; rises in the order in which lines came. */
  readonly id: number;
  /** Made safe for a screen. */
  readonly text: string;
  readonly tone: Tone;
  /** When it was written; null when nothing tells. */
  readonly at: EpochMs | null;
};
