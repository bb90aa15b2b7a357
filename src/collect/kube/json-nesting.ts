const [QUOTE, BACKSLASH, OPEN, CLOSE] = Buffer.from('"\\{}');
/** A square bracket with this bit is a curly one; outside of texts JSON has nothing else that becomes one. */
const CURLY_BIT = 0x20;

/** Where one is in a text, list or object of JSON of which only a part has come. */
export type Nesting = {
  /** Lists and objects that are open. */
  depth: number;
  isText: boolean;
  /** 1 where the last byte was the backslash before a character of the text. */
  escaped: 0 | 1;
};

/** At the first byte of a text, a list or an object. */
export const outermost = (): Nesting => ({ depth: 0, isText: false, escaped: 0 });

/**
 * Goes on to the end of the text, list or object in which `nesting` is: gives the index behind its last byte. -1 when
 * that has not come; `nesting` then tells where the next part begins. It looks at quotes and brackets only, and not
 * whether these fit each other: what is no JSON stays so, for whoever parses it.
 */
export function endOfValue(json: Buffer, from: number, nesting: Nesting): number {
  const { length } = json;
  let { depth, isText } = nesting;
  let at = from + nesting.escaped;
  for (;;) {
    if (isText) {
      while (at < length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
      if (at >= length) break;
      isText = false;
      at += 1;
      if (depth === 0) return at;
    }
    if (at >= length) break;
    const byte = json[at] ?? 0;
    at += 1;
    if (byte === QUOTE) isText = true;
    else if ((byte | CURLY_BIT) === OPEN) depth += 1;
    else if ((byte | CURLY_BIT) === CLOSE) {
      depth -= 1;
      if (depth <= 0) return at;
    }
  }
  nesting.depth = depth;
  nesting.isText = isText;
  nesting.escaped = at > length ? 1 : 0;
  return -1;
}
