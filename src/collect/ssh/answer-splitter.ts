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
  /** Whether this line, without its end, is the last of an answer. */
  readonly isLast: (line: string) => boolean;
  readonly now: () => number;
  /** The newest whole answer of a piece. `dropped`: older ones that came in the same piece, or were too long. */
  readonly onAnswer: (answer: SplitAnswer, dropped: number) => void;
};

/**
 * Cuts the output of a program that answers again and again into answers, however the bytes are cut into
 * pieces. Returns what takes a piece.
 */
export function createAnswerSplitter(options: AnswerSplitterOptions): (piece: Buffer) => void {
  const { isLast, now, onAnswer } = options;
  const decoder = new StringDecoder('utf8');
  let lines: string[] = [];
  /** The beginning of a line whose end has not come. */
  let open = '';
  let length = 0;
  let bytes = 0;
  let beganAt = 0;
  let isBroken = false;
  let dropped = 0;

  const begin = (): void => {
    lines = [];
    length = 0;
    bytes = 0;
    isBroken = false;
  };

  const take = (line: string): SplitAnswer | undefined => {
    // What stands between answers belongs to none.
    if (lines.length === 0 && line.trim() === '') return undefined;
    if (lines.length === 0) beganAt = now();
    lines.push(line);
    bytes += Buffer.byteLength(line) + 1;
    if (!isLast(line)) return undefined;
    const whole = isBroken ? undefined : { text: `${lines.join('\n')}\n`, beganAt, bytes };
    if (isBroken) dropped++;
    begin();
    return whole;
  };

  return (piece) => {
    const parts = (open + decoder.write(piece)).split('\n');
    open = parts.pop() ?? '';
    let newest: SplitAnswer | undefined;
    for (const line of parts) {
      length += line.length + 1;
      const whole = take(line);
      if (whole === undefined) continue;
      if (newest !== undefined) dropped++;
      newest = whole;
    }
    if (length + open.length > LIMIT_CHARACTERS) {
      // Only its end is waited for.
      isBroken = true;
      lines = lines.length === 0 ? [] : [''];
      open = open.length > LIMIT_CHARACTERS ? '' : open;
      length = 0;
    }
    if (newest === undefined) return;
    onAnswer(newest, dropped);
    dropped = 0;
  };
}
