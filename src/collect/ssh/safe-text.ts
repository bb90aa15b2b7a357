import { sanitize } from '../../domain/text.ts';

/** An escape sequence that has begun but not ended, or half a line end. */
const UNFINISHED = /(?:\u001B(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001B\u009C]*\u001B?|[ -/]*)?|\r)$/;
/** What is longer is no sequence of a sane program. */
const MAX_UNFINISHED = 256;

export type SafeText = {
  readonly push: (chunk: Buffer) => void;
  /** Hands over what was held back. */
  readonly end: () => void;
};

/** Makes bytes that come in pieces safe for a screen; characters and sequences cut in two stay whole. */
export function createSafeText(onText: (text: string) => void): SafeText {
  const decoder = new TextDecoder();
  let held = '';
  const hand = (text: string): void => {
    const safe = sanitize(text);
    if (safe !== '') onText(safe);
  };
  return {
    push: (chunk) => {
      const text = held + decoder.decode(chunk, { stream: true });
      const at = text.search(UNFINISHED);
      const cut = at < 0 || text.length - at > MAX_UNFINISHED ? text.length : at;
      held = text.slice(cut);
      hand(text.slice(0, cut));
    },
    end: () => {
      hand(held + decoder.decode());
      held = '';
    },
  };
}
