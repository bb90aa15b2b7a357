/**
 * Shortest ways to move a terminal's cursor. Only what xterm, tmux, Windows Terminal and the Linux and illumos
 * consoles all know (ECMA-48 8.3; tem_safe.c of illumos): BS, CR, CUU, CUD, CUF, CUB, CHA, VPA and CUP. A line feed
 * is none of them, because the tty driver puts a carriage return before it, and VT and FF are none because FF clears
 * the illumos console.
 */

/** A column that nobody knows: after the last one was written, terminals differ. */
export const NOWHERE = -1;

const ESC = '\u001B[';
const BACK = '\b';

/** They are asked for some thousand times a frame, so they are looked up. */
const DIGITS = Uint8Array.from({ length: 1000 }, (_, value) => String(value).length);

/** Decimal digits of a number from 0 to 99,999. */
const digits = (value: number): number => DIGITS[value] ?? (value < 10_000 ? 4 : 5);

/** Bytes of `CSI n x`, where a 1 is left out. */
const step = (count: number): number => (count === 1 ? 3 : 3 + digits(count));

const absoluteCost = (x: number, y: number): number =>
  x > 0 ? 4 + digits(y + 1) + digits(x + 1) : step(y + 1);

/** Bytes to a column of the same row. */
function columnCost(from: number, to: number): number {
  if (to === from) return 0;
  if (to > from) return step(to - from);
  if (to === 0) return 1;
  return Math.min(from - to, step(from - to), step(to + 1));
}

/** Bytes to the same column of another row. */
function rowCost(from: number, to: number): number {
  return to === from ? 0 : Math.min(step(Math.abs(to - from)), step(to + 1));
}

/** Bytes of {@link moveCursor}. */
export function moveCost(fromX: number, fromY: number, toX: number, toY: number): number {
  const absolute = absoluteCost(toX, toY);
  if (fromX === NOWHERE) return absolute;
  return Math.min(absolute, rowCost(fromY, toY) + columnCost(fromX, toX));
}

const csi = (count: number, final: string): string =>
  count === 1 ? `${ESC}${final}` : `${ESC}${count}${final}`;

function column(from: number, to: number): string {
  if (to === from) return '';
  if (to > from) return csi(to - from, 'C');
  if (to === 0) return '\r';
  const cost = columnCost(from, to);
  if (cost === from - to) return BACK.repeat(cost);
  return cost === step(from - to) ? csi(from - to, 'D') : csi(to + 1, 'G');
}

function row(from: number, to: number): string {
  if (to === from) return '';
  if (step(to + 1) < step(Math.abs(to - from))) return csi(to + 1, 'd');
  return to > from ? csi(to - from, 'B') : csi(from - to, 'A');
}

/**
 * The shortest sequence that moves the cursor; places count from 0 at the top left.
 * @param fromX `NOWHERE` when it is not known where the cursor is
 */
export function moveCursor(fromX: number, fromY: number, toX: number, toY: number): string {
  const absolute = absoluteCost(toX, toY);
  if (fromX === NOWHERE || absolute <= rowCost(fromY, toY) + columnCost(fromX, toX))
    return toX > 0 ? `${ESC}${toY + 1};${toX + 1}H` : csi(toY + 1, 'H');
  return row(fromY, toY) + column(fromX, toX);
}
