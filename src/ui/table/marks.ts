import { refPhrase } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { RefList } from './row-list.ts';

/** The things that are marked, for acting on several; marks stay on things, not on rows. */
export type Marks = ReadonlySet<Ref>;

export const noMarks: Marks = new Set<Ref>();

/** Marks a thing, or takes its mark away. */
export function toggleMark(marks: Marks, ref: Ref): Marks {
  const next = new Set(marks);
  if (!next.delete(ref)) next.add(ref);
  return next;
}

/**
 * Marks every row from the anchor to the cursor, both with it, in the order of the screen. With an anchor that is not
 * on the screen any more, or without one, the cursor's row alone.
 */
export function markRange(marks: Marks, refs: RefList, anchor: Ref | null, cursor: Ref): Marks {
  const to = refs.indexOf(cursor);
  if (to < 0) return marks;
  const found = anchor === null ? -1 : refs.indexOf(anchor);
  const from = found < 0 ? to : found;
  return new Set([...marks, ...refs.slice(Math.min(from, to), Math.max(from, to) + 1)]);
}

/** Marks without those of things that are gone; the same set when none is. */
export function dropGone(
  marks: Marks,
  exists: (ref: Ref) => boolean,
): { readonly marks: Marks; readonly gone: readonly Ref[] } {
  const gone = [...marks].filter((ref) => !exists(ref));
  return gone.length === 0
    ? { marks, gone }
    : { marks: new Set([...marks].filter((ref) => exists(ref))), gone };
}

const NAMED = 3;

/** What to tell the user of marks that went with their things. */
export function goneText(gone: readonly Ref[]): string {
  const names = gone.slice(0, NAMED).map((ref) => refPhrase(ref));
  const more = gone.length > NAMED ? ` and ${gone.length - NAMED} more` : '';
  return `${names.join(', ')}${more} ${gone.length === 1 ? 'is' : 'are'} gone, no longer marked`;
}

/** For a frame's title: `marked 3`, and how many of them the filter hides; empty without marks. */
export function marksText(marks: Marks, isShown: (ref: Ref) => boolean): string {
  if (marks.size === 0) return '';
  const hidden = [...marks].filter((ref) => !isShown(ref)).length;
  return `marked ${marks.size}${hidden > 0 ? ` (${hidden} hidden)` : ''}`;
}
