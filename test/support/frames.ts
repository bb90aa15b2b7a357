/** A frame as it stands on a screen of text; x and y count from 0. */
export type FoundFrame = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly heavy: boolean;
};

type Corner = { readonly x: number; readonly y: number; readonly glyph: string };
type Glyphs = {
  readonly tl: string;
  readonly tr: string;
  readonly bl: string;
  readonly br: string;
  readonly side: string;
};

const LIGHT: Glyphs = { tl: '╭', tr: '╮', bl: '╰', br: '╯', side: '│' };
const HEAVY: Glyphs = { tl: '┏', tr: '┓', bl: '┗', br: '┛', side: '┃' };
const KINDS = [LIGHT, HEAVY] as const;
const CORNERS = new Set(KINDS.flatMap(({ tl, tr, bl, br }) => [tl, tr, bl, br]));

const glyphAt = (lines: readonly string[], x: number, y: number): string => lines[y]?.[x] ?? ' ';

/** The frames that are whole: four corners, both sides, and no foreign corner in the top and bottom lines. */
export function findFrames(lines: readonly string[]): readonly FoundFrame[] {
  const found: FoundFrame[] = [];
  for (const kind of KINDS)
    for (const { x, y, glyph } of cornersOf(lines)) {
      if (glyph !== kind.tl) continue;
      const right = nextCorner(lines, x + 1, y);
      if (right === null || glyphAt(lines, right, y) !== kind.tr) continue;
      let bottom = y + 1;
      while (glyphAt(lines, x, bottom) === kind.side && glyphAt(lines, right, bottom) === kind.side)
        bottom += 1;
      if (glyphAt(lines, x, bottom) !== kind.bl || glyphAt(lines, right, bottom) !== kind.br)
        continue;
      if (nextCorner(lines, x + 1, bottom) !== right) continue;
      found.push({
        x,
        y,
        width: right - x + 1,
        height: bottom - y + 1,
        heavy: kind === HEAVY,
      });
    }
  return found;
}

/**
 * The corners whose border ends somewhere, as `╭ 12,3`. A border may run beneath a whole frame that lies over it, as
 * a dialog does; otherwise it must lead to the corner that belongs to it.
 */
export function tornCorners(lines: readonly string[]): readonly string[] {
  const frames = findFrames(lines);
  return cornersOf(lines)
    .filter((corner) => {
      const above = frames.filter((frame) => !isIn(frame, corner.x, corner.y));
      const isCovered = (x: number, y: number): boolean => above.some((frame) => isIn(frame, x, y));
      return !goesSideways(lines, corner, isCovered) || !goesOn(lines, corner, isCovered);
    })
    .map(({ x, y, glyph }) => `${glyph} ${x},${y}`);
}

const isIn = (frame: FoundFrame, x: number, y: number): boolean =>
  x >= frame.x && x < frame.x + frame.width && y >= frame.y && y < frame.y + frame.height;

type Covered = (x: number, y: number) => boolean;

const kindOf = (glyph: string): Glyphs => (Object.values(HEAVY).includes(glyph) ? HEAVY : LIGHT);

/** Titles stand in the top line, so anything but a corner may be on the way. */
function goesSideways(lines: readonly string[], { x, y, glyph }: Corner, isCovered: Covered) {
  const { tl, tr, bl, br } = kindOf(glyph);
  const partner = { [tl]: tr, [tr]: tl, [bl]: br, [br]: bl }[glyph];
  const step = glyph === tl || glyph === bl ? 1 : -1;
  const width = Math.max(...lines.map((line) => line.length));
  for (let at = x + step; at >= 0 && at < width; at += step) {
    if (isCovered(at, y)) return true;
    const found = glyphAt(lines, at, y);
    if (CORNERS.has(found)) return found === partner;
  }
  return false;
}

function goesOn(lines: readonly string[], { x, y, glyph }: Corner, isCovered: Covered) {
  const { tl, tr, bl, br, side } = kindOf(glyph);
  const partner = { [tl]: bl, [bl]: tl, [tr]: br, [br]: tr }[glyph];
  const step = glyph === tl || glyph === tr ? 1 : -1;
  for (let at = y + step; at >= 0 && at < lines.length; at += step) {
    if (isCovered(x, at)) return true;
    const found = glyphAt(lines, x, at);
    if (found !== side) return found === partner;
  }
  return false;
}

function cornersOf(lines: readonly string[]): readonly Corner[] {
  return lines.flatMap((line, y) =>
    Array.from(line).flatMap((glyph, x) => (CORNERS.has(glyph) ? [{ x, y, glyph }] : [])),
  );
}

function nextCorner(lines: readonly string[], from: number, y: number): number | null {
  const line = lines[y] ?? '';
  for (let x = from; x < line.length; x += 1) if (CORNERS.has(line[x] ?? '')) return x;
  return null;
}
