import { writeSync } from 'node:fs';

/** DEC private modes in the order in which they are set; left in reverse. */
const ALTERNATE_SCREEN = 1049;
const CURSOR = 25;
const ORIGIN = 6;
const AUTOWRAP = 7;
const BRACKETED_PASTE = 2004;
const FOCUS_EVENTS = 1004;
const BUTTON_MOUSE = 1002;
const SGR_MOUSE = 1006;
const SYNCHRONIZED_OUTPUT = 2026;

/** tmux puts what stands on an alternate screen that was made narrower among the lines of the main one. */
const EMPTY_SCREEN = '\u001B[H\u001B[J';

const set = (mode: number): string => `\u001B[?${mode}h`;
const unset = (mode: number): string => `\u001B[?${mode}l`;

/** What a full-screen program switches on, on an empty screen. */
export function enterSequence(mouse: boolean): string {
  return [
    set(ALTERNATE_SCREEN),
    EMPTY_SCREEN,
    unset(CURSOR),
    unset(AUTOWRAP),
    set(BRACKETED_PASTE),
    set(FOCUS_EVENTS),
    ...(mouse ? [set(BUTTON_MOUSE), set(SGR_MOUSE)] : []),
  ].join('');
}

/** Undoes {@link enterSequence}, from the middle of a frame too. */
export function leaveSequence(mouse: boolean): string {
  return [
    unset(SYNCHRONIZED_OUTPUT),
    '\u001B[0m',
    ...(mouse ? [unset(SGR_MOUSE), unset(BUTTON_MOUSE)] : []),
    unset(FOCUS_EVENTS),
    unset(BRACKETED_PASTE),
    set(AUTOWRAP),
    set(CURSOR),
    EMPTY_SCREEN,
    unset(ALTERNATE_SCREEN),
  ].join('');
}

/** Mouse reports in all their kinds and encodings, and focus reports. */
const REPORTS = [9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016];
const APPLICATION_CURSOR = 1;
const REVERSE_SCREEN = 5;

/**
 * Undoes what a program may have left behind that was cut off in the middle: its screen, scroll region, character
 * sets, attributes, reports and key modes. The cursor stays where it is.
 */
export function resetSequence(term: string): string {
  return [
    unset(SYNCHRONIZED_OUTPUT),
    // Unlike 1049 it restores no cursor.
    unset(1047),
    // A scroll region is set back with the cursor going home.
    '\u001B7\u001B[r\u001B8',
    '\u001B(B\u000F\u001B[0m',
    // Insert mode.
    '\u001B[4l',
    ...[...REPORTS, BRACKETED_PASTE, APPLICATION_CURSOR, REVERSE_SCREEN].map(unset),
    '\u001B>',
    set(AUTOWRAP),
    set(CURSOR),
    // xterm's modifyOtherKeys and kitty's keyboard protocol; simple terminals would print them.
    ...(isModern(term) ? ['\u001B[>4;0m', '\u001B[=0u'] : []),
  ].join('');
}

/** Places count from the corner of the screen again. The cursor goes there, so it is no part of what comes before. */
export const ORIGIN_OFF = unset(ORIGIN);

/** Saves the terminal's title (xterm's window operations, known to tmux too). */
export const PUSH_TITLE = '\u001B[22;2t';
export const POP_TITLE = '\u001B[23;2t';

/** Longest title that is sent, in characters. */
const TITLE_LIMIT = 200;

/** OSC 2: the title; tmux shows it as the title of the pane. */
export function titleSequence(text: string): string {
  const clean = text.replace(/[\u0000-\u001F\u007F-\u009F]/g, ' ');
  return `\u001B]2;${Array.from(clean).slice(0, TITLE_LIMIT).join('')}\u0007`;
}

/** Whether the terminal is known to swallow what it does not know: hardware-like consoles print it. */
export function isModern(term: string): boolean {
  return /^(?:xterm|tmux|screen|rxvt|alacritty|foot|kitty|ghostty|wezterm|konsole|vte|st|contour|iterm)/.test(
    term,
  );
}

/** Longest text that OSC 52 carries, in bytes: terminals cut or drop longer ones. */
export const CLIPBOARD_LIMIT = 74_000;

/**
 * OSC 52: puts the text into the clipboard of the terminal at the user's end. Inside tmux it is sent
 * a second time for the outer terminal, because tmux takes it from programs only if `set-clipboard`
 * is `on`. Undefined if the text is too long.
 */
export function clipboardSequence(text: string, isTmux: boolean): string | undefined {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > CLIPBOARD_LIMIT) return undefined;
  const sequence = `\u001B]52;c;${bytes.toString('base64')}\u0007`;
  return isTmux ? `${sequence}\u001BPtmux;\u001B${sequence}\u001B\\` : sequence;
}

/**
 * Whether a write waits until the terminal takes it, and all else that the process does with it. Node asks for that at
 * every terminal (`lib/tty.js`) and has no public way to take it back; where this is not there either it stays so.
 */
export function setBlocking(output: object, isBlocking: boolean): void {
  const { _handle: handle } = output as {
    readonly _handle?: { setBlocking?: (isBlocking: boolean) => unknown } | null;
  };
  handle?.setBlocking?.(isBlocking);
}

const ATTEMPTS = 40;
const PAUSE_MS = 5;

/**
 * Writes to a descriptor before it returns, as the end of a process needs it. A terminal that takes
 * nothing is given up after 200 ms, one that is gone at once.
 */
export function writeNow(descriptor: number, text: string): void {
  let rest = Buffer.from(text, 'utf8');
  for (let attempt = 0; attempt < ATTEMPTS && rest.length > 0; attempt += 1) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
