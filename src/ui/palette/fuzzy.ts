/** How well a text answers what was typed, and which of its characters were meant. */
export type FuzzyMatch = { readonly score: number; readonly positions: readonly number[] };

const HIT = 16;
const CONSECUTIVE = 8;
const WORD_START = 12;
const TEXT_START = 4;
const WHOLE_WORD = 10;
const FIRST_GAP = 3;
const MORE_GAP = 1;
/** Longer texts and words than these are compared by their beginning. */
const LONGEST_TEXT = 160;
const LONGEST_WORD = 32;
const NEVER = Number.NEGATIVE_INFINITY;

const best = new Float64Array(LONGEST_WORD * LONGEST_TEXT);
const from = new Int16Array(LONGEST_WORD * LONGEST_TEXT);

/**
 * Every word that was typed must be in the text, its letters in their order; words may come in any order. Beginnings
 * of words and letters next to each other count most, gaps cost. null when a word is not in it. Case never matters.
 */
export function fuzzyMatch(text: string, query: string | readonly string[]): FuzzyMatch | null {
  const lower = lowerCase(text).slice(0, LONGEST_TEXT);
  const words = typeof query === 'string' ? queryWords(query) : query;
  // Most texts fail here, before anything is weighed.
  if (!words.every((word) => hasInOrder(lower, word))) return null;
  let score = 0;
  let positions: readonly number[] = [];
  for (const word of words) {
    const match = matchWord(lower, word);
    if (match === null) return null;
    score += match.score;
    positions =
      positions.length === 0
        ? match.positions
        : [...new Set([...positions, ...match.positions])].toSorted((a, b) => a - b);
  }
  return { score, positions };
}

/** The words of what was typed, made once for many texts. */
export const queryWords = (query: string): readonly string[] =>
  query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, LONGEST_WORD));

/** Lower case, with every character in its place: a letter whose lower case is longer stays. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

const FIRST_FOREIGN = 0x80;

/** A letter or a digit; what stands outside the text is none. The text is in lower case. */
function isWordCharacter(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (Number.isNaN(code)) return false;
  if (code >= FIRST_FOREIGN) return /[\p{L}\p{N}]/u.test(text[index] ?? '');
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** The best way to find the letters of a word in a text, by dynamic programming over both. */
function matchWord(text: string, word: string): FuzzyMatch | null {
  const width = text.length;
  for (let row = 0; row < word.length; row += 1) {
    // The best score of the letters before, with the gap up to here already paid.
    let reach = NEVER;
    let reachFrom = -1;
    for (let column = 0; column < width; column += 1) {
      const at = row * width + column;
      const before = row === 0 || column === 0 ? NEVER : (best[at - width - 1] ?? NEVER);
      if (column > 1 && row > 0) {
        const open = (best[at - width - 2] ?? NEVER) - FIRST_GAP;
        reach -= MORE_GAP;
        if (open > reach) {
          reach = open;
          reachFrom = column - 2;
        }
      }
      best[at] = NEVER;
      if (text[column] !== word[row]) continue;
      const here = HIT + startBonus(text, column);
      if (row === 0) {
        best[at] = here;
        from[at] = -1;
        continue;
      }
      const next = before + CONSECUTIVE;
      if (next === NEVER && reach === NEVER) continue;
      best[at] = here + Math.max(next, reach);
      from[at] = next >= reach ? column - 1 : reachFrom;
    }
  }
  return traceBack(text, word);
}

function startBonus(text: string, index: number): number {
  if (index === 0) return WORD_START + TEXT_START;
  return isWordCharacter(text, index) && !isWordCharacter(text, index - 1) ? WORD_START : 0;
}

function traceBack(text: string, word: string): FuzzyMatch | null {
  const width = text.length;
  const last = (word.length - 1) * width;
  let end = -1;
  let score = NEVER;
  for (let column = 0; column < width; column += 1) {
    const candidate = best[last + column] ?? NEVER;
    if (candidate > score) {
      score = candidate;
      end = column;
    }
  }
  if (end < 0) return null;
  const positions: number[] = [];
  for (let row = word.length - 1, column = end; row >= 0 && column >= 0; row -= 1) {
    positions.push(column);
    column = from[row * width + column] ?? -1;
  }
  positions.reverse();
  const start = positions[0] ?? 0;
  const isWhole =
    end - start === word.length - 1 &&
    !isWordCharacter(text, end + 1) &&
    !isWordCharacter(text, start - 1);
  return { score: score + (isWhole ? WHOLE_WORD : 0), positions };
}

function hasInOrder(text: string, word: string): boolean {
  let at = 0;
  for (const character of word) {
    const found = text.indexOf(character, at);
    if (found < 0) return false;
    at = found + character.length;
  }
  return true;
}
