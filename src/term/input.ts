import { StringDecoder } from 'node:string_decoder';
import { sanitize } from '../domain/text.ts';
import { type Clock, systemClock } from './clock.ts';
import { decodeSequence } from './key-sequence.ts';

/** What the terminal sent, decoded. */
export type InputEvent =
  /**
   * `key` is the character itself, or `space`, `enter`, `esc`, `tab`, `backspace`, `delete`, `insert`,
   * `up`, `down`, `left`, `right`, `home`, `end`, `pageup`, `pagedown`, `f1`..`f12`, with `ctrl-`,
   * `alt-`, `shift-` before it, in this order. `text` is what it types, '' if nothing.
   */
  | {
      readonly type: 'key';
      readonly key: string;
      readonly text: string;
      readonly sequence: string;
    }
  /** Cells count from 0. `button`: 0 left, 1 middle, 2 right; a wheel has 0. */
  | {
      readonly type: 'mouse';
      readonly kind: 'press' | 'release' | 'drag' | 'wheel-up' | 'wheel-down';
      readonly button: number;
      readonly x: number;
      readonly y: number;
      readonly shift: boolean;
      readonly alt: boolean;
      readonly ctrl: boolean;
    }
  | { readonly type: 'focus'; readonly focused: boolean }
  /** Line ends are line feeds; control characters are made harmless. */
  | { readonly type: 'paste'; readonly text: string }
  /** Cursor reports, device attributes, control strings and unknown sequences: never keys. */
  | { readonly type: 'reply'; readonly sequence: string };

export type InputParser = {
  /** Bytes as they come; sequences and characters may be cut anywhere. */
  readonly feed: (bytes: Buffer | string) => void;
  /** Decides at once about what is pending: a lone ESC is the key. */
  readonly flush: () => void;
  /** Forgets what is pending and stops all timers. */
  readonly dispose: () => void;
};

const ESC = '\u001B';
/** A terminal sends a sequence in one piece; what follows ESC later than this is another key. */
const LONE_ESCAPE_MS = 25;
/** `ESC [` may be Alt with a bracket, but a slow line may cut a sequence there too. */
const OPEN_PREFIX_MS = 100;
const UNFINISHED_MS = 500;
/** Without a byte for so long, the end of the paste was lost. */
const PASTE_MS = 30_000;
const PASTE_LIMIT = 1_048_576;
const REPLY_LIMIT = 8192;
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;

/** Splits the input of a terminal into keys, mouse reports, pastes, focus changes and replies. */
export function createInputParser(
  emit: (event: InputEvent) => void,
  timers: Clock = systemClock,
): InputParser {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let paste: { text: string; tail: string } | undefined;
  let cancelTimer: (() => void) | undefined;

  const emitSequence = (sequence: string): void => {
    if (sequence === PASTE_START) paste = { text: '', tail: '' };
    else for (const event of decodeSequence(sequence)) emit(event);
  };

  const endPaste = (): void => {
    const text = paste?.text ?? '';
    paste = undefined;
    emit({ type: 'paste', text: sanitize(text.replace(/\r\n?/g, '\n')) });
  };

  /** Takes what belongs to the paste; returns what follows its end. */
  const takePaste = (current: { text: string; tail: string }, chunk: string): string => {
    const input = current.tail + chunk;
    const end = input.indexOf(PASTE_END);
    const kept = end >= 0 ? end : input.length - openEndLength(input);
    current.text += input.slice(0, Math.min(kept, PASTE_LIMIT - current.text.length));
    current.tail = end >= 0 ? '' : input.slice(kept);
    if (end < 0) return '';
    endPaste();
    return input.slice(end + PASTE_END.length);
  };

  const consume = (chunk: string): void => {
    let input = chunk;
    while (input !== '') {
      if (paste !== undefined) {
        input = takePaste(paste, input);
        continue;
      }
      input = pending + input;
      pending = '';
      const length = sequenceLength(input);
      if (length === 0) {
        pending = input;
        // A string without an end must not grow; its rest is still part of it.
        if (pending.length > REPLY_LIMIT) pending = pending.slice(0, 3);
        return;
      }
      emitSequence(input.slice(0, length));
      input = input.slice(length);
    }
  };

  /** Decides about an unfinished sequence as if nothing would follow. */
  const settle = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    if (paste !== undefined) {
      paste.text += paste.tail;
      endPaste();
      return;
    }
    const rest = pending;
    pending = '';
    if (rest === '') return;
    if (/^\u001B{1,2}$/.test(rest)) for (const escape of rest) emitSequence(escape);
    else if (isOpenPrefix(rest)) {
      const isDoubled = rest.startsWith(ESC + ESC);
      if (isDoubled) emitSequence(ESC);
      const key = `alt-${rest.at(-1) ?? ''}`;
      emit({ type: 'key', key, text: '', sequence: isDoubled ? rest.slice(1) : rest });
    } else emit({ type: 'reply', sequence: rest });
  };

  const schedule = (): void => {
    cancelTimer?.();
    cancelTimer = undefined;
    const ms = waitFor();
    if (ms !== undefined) cancelTimer = timers.after(ms, settle);
  };

  const waitFor = (): number | undefined => {
    if (paste !== undefined) return PASTE_MS;
    if (pending === '') return undefined;
    if (/^\u001B{1,2}$/.test(pending)) return LONE_ESCAPE_MS;
    return isOpenPrefix(pending) ? OPEN_PREFIX_MS : UNFINISHED_MS;
  };

  return {
    feed: (bytes) => {
      consume(typeof bytes === 'string' ? bytes : decoder.write(bytes));
      schedule();
    },
    flush: settle,
    dispose: () => {
      cancelTimer?.();
      cancelTimer = undefined;
      pending = '';
      paste = undefined;
    },
  };
}

/** `ESC [`, `ESC O`, `ESC P`, `ESC ]`, `ESC _` alone: the start of a sequence, or a key with Alt. */
function isOpenPrefix(text: string): boolean {
  return /^\u001B{1,2}[[O]$|^\u001B[P\]_]$/.test(text);
}

/** How much of the end of `input` may be the start of the end of a paste. */
function openEndLength(input: string): number {
  for (let length = Math.min(PASTE_END.length - 1, input.length); length > 0; length -= 1)
    if (input.endsWith(PASTE_END.slice(0, length))) return length;
  return 0;
}

/** ESC, perhaps twice (Alt in rxvt), and a CSI: X10 mouse, Linux console function key, or ECMA-48. */
const CSI = /^\u001B{1,2}\[(?:M[^]{3}|\[[A-E]|[0-?]*[ -/]*[@-~])/;
const OPEN_CSI = /^\u001B{1,2}\[(?:M[^]{0,2}|\[|[0-?]*[ -/]*)$/;
/** SS3, with the modifier that some terminals put before the letter. */
const SS3 = /^\u001B{1,2}O\d?[@-~ ]/;
const OPEN_SS3 = /^\u001B{1,2}O\d?$/;
/** OSC, DCS and APC up to BEL or ST. */
const STRING = /^\u001B[\]P_][^\u0007\u001B]*(?:\u0007|\u001B\\)/;
const OPEN_STRING = /^\u001B[\]P_][^\u0007\u001B]*\u001B?$/;

/** Length of the first complete piece of input; 0 if more is needed. */
function sequenceLength(input: string): number {
  if (!input.startsWith(ESC)) return (input.codePointAt(0) ?? 0) > 0xff_ff ? 2 : 1;
  if (input === ESC || input === ESC + ESC) return 0;
  if (OPEN_CSI.test(input) || OPEN_SS3.test(input) || OPEN_STRING.test(input)) return 0;
  const match = CSI.exec(input) ?? SS3.exec(input) ?? STRING.exec(input);
  if (match !== null) return match[0].length;
  const second = input[1] ?? '';
  // Two times ESC and no sequence: the first is the key. A cut sequence before a new ESC is dropped.
  if (second === ESC) return 1;
  if (second === '[' || second === 'O' || /[\]P_]/.test(second)) return brokenLength(input);
  return (input.codePointAt(1) ?? 0) > 0xff_ff ? 3 : 2;
}

/** A sequence that something else interrupts ends before the character that cannot be part of it. */
function brokenLength(input: string): number {
  const body = /^\u001B(?:\[[0-?]*[ -/]*|O\d?|[\]P_][^\u0007\u001B]*)/.exec(input);
  return Math.max(2, body?.[0].length ?? 2);
}
