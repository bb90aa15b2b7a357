/** Distinct texts that are remembered; then those that were not asked for since are forgotten. */
const MOST_TEXTS = 8192;
/** What is longer is mostly said once. */
const LONGEST = 200;

let present = new Map<string, string>();
let former = new Map<string, string>();

/**
 * The same text as a string of its own. A part that is cut out of an answer keeps the whole answer in memory for as
 * long as it is kept itself; and most names come again with every answer, which then are all one string.
 */
export function ownText(text: string): string {
  const known = present.get(text);
  if (known !== undefined) return known;
  const own = former.get(text) ?? copy(text);
  if (text.length > LONGEST) return own;
  if (present.size >= MOST_TEXTS) {
    former = present;
    present = new Map();
  }
  present.set(own, own);
  return own;
}

/** Joined of single letters: every shorter way gives a view of the text that it was made of. */
const copy = (text: string): string => text.split('').join('');
