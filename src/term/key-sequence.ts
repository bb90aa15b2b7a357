import type { InputEvent } from './input.ts';

const ESC = '\u001B';

/** Final letters of CSI and SS3 (xterm, VT220, rxvt in lower case with a modifier of its own). */
const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
/** The number of `CSI n ~` (VT220, xterm, Linux console, rxvt). */
const TILDE: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};
/** The number of `CSI n z` (the Sun console, terminfo `sun-color`). */
const SUN: Readonly<Record<number, string>> = {
  192: 'f11',
  193: 'f12',
  214: 'home',
  216: 'pageup',
  220: 'end',
  222: 'pagedown',
  224: 'f1',
  225: 'f2',
  226: 'f3',
  227: 'f4',
  228: 'f5',
  229: 'f6',
  230: 'f7',
  231: 'f8',
  232: 'f9',
  233: 'f10',
  234: 'f11',
  235: 'f12',
  247: 'insert',
};
/** SS3 letters of the application keypad. */
const KEYPAD: Readonly<Record<string, string>> = {
  M: 'enter',
  I: 'tab',
  ' ': 'space',
  X: '=',
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  p: '0',
  q: '1',
  r: '2',
  s: '3',
  t: '4',
  u: '5',
  v: '6',
  w: '7',
  x: '8',
  y: '9',
};
const RXVT_ARROWS: Readonly<Record<string, string>> = {
  a: 'up',
  b: 'down',
  c: 'right',
  d: 'left',
};
/** Control characters that are keys of their own. BS is the backspace key of many consoles. */
const CONTROL_KEYS: Readonly<Record<string, string>> = {
  '\u0000': 'ctrl-space',
  '\b': 'backspace',
  '\t': 'tab',
  '\r': 'enter',
  '\u001B': 'esc',
  '\u001C': 'ctrl-\\',
  '\u001D': 'ctrl-]',
  '\u001E': 'ctrl-^',
  '\u001F': 'ctrl-_',
  '\u007F': 'backspace',
};
/** Keys of the CSI u encoding that are no characters. */
const CODE_KEYS: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'esc',
  32: 'space',
  127: 'backspace',
};

/** Modifier parameter of xterm, less one: 1 shift, 2 alt, 4 ctrl, 8 meta (which counts as alt). */
const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
const META = 8;

/** The events of one complete piece of input: a character, a control character or a sequence. */
export function decodeSequence(sequence: string): readonly InputEvent[] {
  if (!sequence.startsWith(ESC) || sequence === ESC) return character(sequence, 0, sequence);
  const isDoubled = sequence.startsWith(ESC + ESC);
  const body = sequence.slice(isDoubled ? 2 : 1);
  const alt = isDoubled ? ALT : 0;
  const isLong = body.length > 1;
  if (isLong && body.startsWith('[')) return controlSequence(body.slice(1), alt, sequence);
  if (isLong && body.startsWith('O')) return singleShift(body.slice(1), alt, sequence);
  if (isLong && /^[\]P_]/.test(body)) return [{ type: 'reply', sequence }];
  return character(body, ALT, sequence);
}

function character(text: string, modifiers: number, sequence: string): readonly InputEvent[] {
  const control = CONTROL_KEYS[text];
  if (control !== undefined) return [key(control, modifiers, sequence)];
  const code = text.codePointAt(0) ?? 0;
  if (code < 0x20) return [key(String.fromCharCode(code + 0x60), modifiers | CTRL, sequence)];
  // C1 controls, and bytes that are no UTF-8.
  if ((code >= 0x80 && code < 0xa0) || code === 0xff_fd) return [];
  if (text === ' ') return [key('space', modifiers, sequence, ' ')];
  return [key(text, modifiers, sequence, text)];
}

function key(name: string, modifiers: number, sequence: string, text = ''): InputEvent {
  let prefix = modifiers & CTRL ? 'ctrl-' : '';
  if (modifiers & (ALT | META)) prefix += 'alt-';
  if (modifiers & SHIFT) prefix += 'shift-';
  return { type: 'key', key: prefix + name, text: prefix === '' ? text : '', sequence };
}

function singleShift(body: string, alt: number, sequence: string): readonly InputEvent[] {
  const letter = body.at(-1) ?? '';
  const modifiers = body.length > 1 ? modifierOf(Number(body[0])) : 0;
  const arrow = RXVT_ARROWS[letter];
  if (arrow !== undefined) return [key(arrow, CTRL | alt, sequence)];
  const name = LETTERS[letter];
  if (name !== undefined) return [key(name, modifiers | alt, sequence)];
  const pad = KEYPAD[letter];
  if (pad === undefined) return [{ type: 'reply', sequence }];
  const text = pad.length === 1 ? pad : pad === 'space' ? ' ' : '';
  return [key(pad, modifiers | alt, sequence, text)];
}

function controlSequence(body: string, alt: number, sequence: string): readonly InputEvent[] {
  const reply: readonly InputEvent[] = [{ type: 'reply', sequence }];
  const final = body.at(-1) ?? '';
  const parameters = body.slice(0, -1);
  if (body.startsWith('M')) return oldMouse(body, sequence);
  if (parameters === '[') return [key(`f${body.charCodeAt(1) - 0x40}`, alt, sequence)];
  if (body.startsWith('<')) return sgrMouse(parameters.slice(1), final) ?? reply;
  if (body === 'I' || body === 'O') return [{ type: 'focus', focused: body === 'I' }];
  if (!/^[\d;:]*$/.test(parameters)) return reply;
  const numbers = parameters.split(';').map((part) => Number.parseInt(part, 10) || 0);
  const [first = 0, second = 0, third = 0] = numbers;
  const modifiers = modifierOf(second) | alt;
  const named = (name: string | undefined, extra = 0): readonly InputEvent[] =>
    name === undefined ? reply : [key(name, modifiers | extra, sequence)];
  switch (final) {
    case '~':
      if (first === 27) return coded(third, modifiers, sequence);
      // The end of a paste that never began.
      return first === 201 ? [] : named(TILDE[first]);
    case '^':
      return named(TILDE[first], CTRL);
    case '@':
      return named(TILDE[first], CTRL | SHIFT);
    case 'z':
      return named(SUN[first]);
    case 'u':
      return coded(first, modifiers, sequence);
    case 'Z':
      return named('tab', SHIFT);
    case 'R':
      // With numbers it is a cursor position report, which must never look like a key.
      return parameters === '' ? named('f3') : reply;
    default:
      // A key has no parameter, or 1 and its modifier.
      if (numbers.length > 2 || first > 1) return reply;
      return RXVT_ARROWS[final] === undefined
        ? named(LETTERS[final])
        : named(RXVT_ARROWS[final], SHIFT);
  }
}

function modifierOf(parameter: number): number {
  return parameter > 1 && parameter <= 16 ? parameter - 1 : 0;
}

/** A key by its code point: `CSI code ; modifiers u`, `CSI 27 ; modifiers ; code ~`. */
function coded(code: number, modifiers: number, sequence: string): readonly InputEvent[] {
  const name = CODE_KEYS[code];
  if (name !== undefined) return [key(name, modifiers, sequence, name === 'space' ? ' ' : '')];
  const isCharacter = code > 0x20 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xf8_ff);
  if (!isCharacter) return [{ type: 'reply', sequence }];
  const text = String.fromCodePoint(code);
  if ((modifiers & SHIFT) === 0) return [key(text, modifiers, sequence, text)];
  // Shift is part of the character: `A`, not `shift-a`.
  return [key(text.toUpperCase(), modifiers & ~SHIFT, sequence, text.toUpperCase())];
}

/** xterm's SGR mouse report, mode 1006: `CSI < button ; column ; row M` or `m`. */
function sgrMouse(parameters: string, final: string): readonly InputEvent[] | undefined {
  const match = /^(\d{1,4});(\d{1,5});(\d{1,5})$/.exec(parameters);
  if (match === null || (final !== 'M' && final !== 'm')) return undefined;
  return mouse(Number(match[1]), Number(match[2]), Number(match[3]), final === 'm');
}

/** The report of terminals without mode 1006: three characters, each 32 more than its number. */
function oldMouse(body: string, sequence: string): readonly InputEvent[] {
  const [code, column, row] = [1, 2, 3].map((index) => body.charCodeAt(index) - 32);
  if (code === undefined || column === undefined || row === undefined || column < 1 || row < 1)
    return [{ type: 'reply', sequence }];
  const isRelease = (code & 3) === 3 && (code & 0x60) === 0;
  return mouse(isRelease ? code & ~3 : code, column, row, isRelease);
}

function mouse(
  code: number,
  column: number,
  row: number,
  isRelease: boolean,
): readonly InputEvent[] {
  const base = code & 3;
  const isWheel = (code & 0x40) !== 0;
  const isMotion = (code & 0x20) !== 0;
  // Side wheels, extra buttons, and motion without a button mean nothing here.
  if ((code & 0x80) !== 0 || (isWheel && base > 1) || (isMotion && base === 3)) return [];
  const wheel = base === 0 ? 'wheel-up' : 'wheel-down';
  const button = isRelease ? 'release' : isMotion ? 'drag' : 'press';
  return [
    {
      type: 'mouse',
      kind: isWheel ? wheel : button,
      button: isWheel ? 0 : base,
      x: Math.max(0, column - 1),
      y: Math.max(0, row - 1),
      shift: (code & 4) !== 0,
      alt: (code & 8) !== 0,
      ctrl: (code & 16) !== 0,
    },
  ];
}
