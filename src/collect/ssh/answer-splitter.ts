import { StringDecoder } from 'node:string_decoder';

/** Beyond this without an end an answer is given up. */
const LIMIT_CHARACTERS = 1024 * 1024;

export type SplitAnswer = {
  readonly text: string;
  /** When its first piece came, as told by `now`. */
  readonly beganAt: number;
  readonly bytes: number;
};

export type AnswerSplitterOptions = {
  /** What the last line of an answer begins with. */
  readonly lastLine: string;
  readonly now: () => number;
  /** The newest whole answer of a piece. `dropped`: older ones that came in the same piece, or were too long. */
  readonly onAnswer: (answer: SplitAnswer, dropped: number) => void;
};

/**
 * Cuts the output of a program that answers again and again into answers, however the bytes are cut into
 * pieces. Returns what takes a piece.
 */
export function createAnswerSplitter(options: AnswerSplitterOptions): (piece: Buffer) => void {
  const { lastLine, now, onAnswer } = options;
  const decoder = new StringDecoder('utf8');
  /** Whole lines of the answer that is coming. Lines of their own would cost more than the answer. */
  let parts: string[] = [];
  /** The beginning of a line whose end has not come. */
  let open = '';
  let hasBegun = false;
  let beganAt = 0;
  let length = 0;
  let isBroken = false;
  let dropped = 0;

  const keep = (part: string): void => {
    length += part.length;
    if (!isBroken) parts.push(part);
  };

  const finish = (): SplitAnswer | undefined => {
    const text = parts.join('');
    const whole = isBroken ? undefined : { text, beganAt, bytes: Buffer.byteLength(text) };
    if (isBroken) dropped++;
    parts = [];
    hasBegun = false;
    length = 0;
    isBroken = false;
    return whole;
  };

  return (piece) => {
    const text = open + decoder.write(piece);
    let newest: SplitAnswer | undefined;
    let kept = 0;
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      const line = from;
      from = end + 1;
      if (!hasBegun) {
        kept = from;
        // What stands between answers belongs to none.
        if (text.slice(line, end).trim() === '') continue;
        hasBegun = true;
        beganAt = now();
        kept = line;
      }
      if (!text.startsWith(lastLine, line)) continue;
      keep(text.slice(kept, from));
      kept = from;
      const whole = finish();
      if (whole === undefined) continue;
      if (newest !== undefined) dropped++;
      newest = whole;
    }
    if (from > kept) keep(text.slice(kept, from));
    open = text.slice(from);
    if (length + open.length > LIMIT_CHARACTERS) {
      // Only its end is waited for.
      isBroken = true;
      parts = [];
      length = 0;
      if (open.length > LIMIT_CHARACTERS) open = '';
    }
    if (newest === undefined) return;
    onAnswer(newest, dropped);
    dropped = 0;
  };
}
