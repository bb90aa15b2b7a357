import type { Ref } from '../../domain/ref.ts';
import { sameFields, settleEach } from '../../domain/same-parts.ts';
import type { DetailBlock } from '../../domain/view.ts';
import { textWidth, truncate } from '../../term/width.ts';
import { inside, sameBox, shareOut } from '../layout.ts';
import type { Box, Part, Rect } from '../layout.ts';
import { cell, frameFoot, frameRightFirst, runsWidth, wipe, write } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { blankLine, foldLines, labelled, muted, paintLines, run, settleLines } from './lines.ts';
import type { TextLine } from './lines.ts';

/** A part of a screen with lines that scroll: framed on its own where there is room, else a section of one long list. */
export type Panel = {
  readonly id: string;
  readonly title: string;
  /** Painted over the frame in place of the title, when it changes with every move. */
  readonly heading?: string;
  /** At the right end of the title, for an inner width: wordings, the longest first. */
  readonly right?: (width: number) => readonly (readonly Run[])[];
  /** Its lines for an inner width; `height` is the room there is, null where the view scrolls. */
  readonly lines: (width: number, height: number | null) => readonly TextLine[];
  /** Takes the height that is left over, as charts can. */
  readonly grows?: boolean;
  /** Its share of a band's width; default 1. */
  readonly share?: number;
  /** Selected at first. */
  readonly mark?: Ref;
};

/** What a detail view consists of. */
export type DetailPage = {
  /** What it is about: `host omni1`. */
  readonly title: string;
  readonly tabs: readonly string[];
  readonly tab: number;
  /** Facts that stand beside the place's name. */
  readonly note: readonly Run[];
  /** The note is not left out for the tabs. */
  readonly isUrgent?: boolean;
  readonly panels: readonly Panel[];
  /** Panels that stand side by side, band below band, for two or three columns; what is missing there is not shown. */
  readonly bands: (columns: number) => readonly (readonly Panel[])[];
};

/** A panel in its place, with the lines that it has there; those that do not fit are scrolled to. */
export type PlacedPanel = {
  readonly box: Box;
  readonly panel: Panel;
  /** Titles that stay above the lines. */
  readonly head: TextLine | null;
  readonly lines: readonly TextLine[];
  /** How many of the lines are in sight. */
  readonly height: number;
  /** At the right end of its title: wordings, the longest first. */
  readonly right: readonly (readonly Run[])[];
  /** In one long list: where its parts begin. */
  readonly sections: readonly { readonly id: string; readonly line: number }[];
};

/** Where a panel is scrolled to, and what is selected in it. */
export type PanelCursor = { readonly ref: Ref | null; readonly top: number };
export const noCursor: PanelCursor = { ref: null, top: 0 };

/** Where a panel is scrolled to, from what is kept of it. */
export const cursorOf = (
  { panel }: Pick<PlacedPanel, 'panel'>,
  kept: PanelCursor | undefined,
): PanelCursor => kept ?? { ref: panel.mark ?? null, top: 0 };

/** The id of the one frame that has a whole page as a list. */
export const LIST_BOX = 'list';

const BANDS_FROM = { width: 110, height: 24 } as const;
const THREE_COLUMNS = 160;
const LEAST_LABEL = 11;
/** Lines that each panel gets before one gets more, where there is room, and where there is not. */
const GOOD_LINES = 8;
const FEWEST_LINES = 3;

/** How many columns of panels an area has room for; 1 is one long list. */
export const panelColumns = ({ width, height }: Rect): number =>
  width < BANDS_FROM.width || height < BANDS_FROM.height ? 1 : width < THREE_COLUMNS ? 2 : 3;

/** Places a page in an area; a panel that is zoomed has it for itself. */
export function placePage(
  page: DetailPage,
  area: Rect,
  zoomed: string | null = null,
): readonly PlacedPanel[] {
  const columns = panelColumns(area);
  const bands = page.bands(Math.max(2, columns)).filter((band) => band.length > 0);
  const alone = [...bands.flat(), ...page.panels].find(({ id }) => id === zoomed);
  if (alone) return [placePanel(alone, area)];
  const [only, ...others] = bands.flat();
  if (columns > 1 && only && others.length === 0) return [placePanel(only, area)];
  return (
    (columns > 1 && bands.length > 0 ? placeBands(bands, area) : null) ?? [placeList(page, area)]
  );
}

/** The panels that a page has in an area, in reading order. */
export const panelIds = (page: DetailPage, area: Rect): readonly string[] => {
  const columns = panelColumns(area);
  const panels = columns === 1 ? page.panels : page.bands(columns).flat();
  return panels.map(({ id }) => id);
};

/** A panel in a frame of its own. */
export function placePanel(panel: Panel, rect: Rect): PlacedPanel {
  const { width, height } = inside(rect);
  const lines = panel.lines(width, height);
  return withLines(panel, rect, foldLines(lines, width, height - lines.length));
}

function withLines(panel: Panel, rect: Rect, all: readonly TextLine[]): PlacedPanel {
  const { width, height } = inside(rect);
  const [first] = all;
  const head = first?.isHead && height > 1 ? first : null;
  return {
    panel,
    box: { id: panel.id, rect, title: panel.heading === undefined ? panel.title : '' },
    head,
    lines: head ? all.slice(1) : all,
    height: head ? height - 1 : height,
    right: panel.right?.(width) ?? [],
    sections: [],
  };
}

/** The page of before when its line says the same: what its panels say is settled by itself. */
export const settlePage = (before: DetailPage, after: DetailPage): DetailPage =>
  before.title === after.title &&
  before.tab === after.tab &&
  before.isUrgent === after.isUrgent &&
  settleEach(before.tabs, after.tabs, (a, b) => a === b) === before.tabs &&
  sameWordings([before.note], [after.note])
    ? before
    : after;

/** Panels of before that say what those of now do, line by line, as the same objects: only the others are painted. */
export const settlePanels = (
  before: readonly PlacedPanel[],
  after: readonly PlacedPanel[],
): readonly PlacedPanel[] => {
  const old = new Map(before.map((placed) => [placed.box.id, placed]));
  const settled = after.map((placed) => settlePanel(old.get(placed.box.id), placed));
  return settleEach(before, settled, (a, b) => a === b);
};

function settlePanel(before: PlacedPanel | undefined, after: PlacedPanel): PlacedPanel {
  if (!before) return after;
  const lines = settleLines(before.lines, after.lines);
  const [head = null] = settleLines(asLines(before.head), asLines(after.head));
  const box = sameBox(before.box, after.box) ? before.box : after.box;
  const isSame =
    lines === before.lines &&
    head === before.head &&
    before.height === after.height &&
    before.panel.id === after.panel.id &&
    before.panel.heading === after.panel.heading &&
    before.panel.mark === after.panel.mark &&
    box === before.box &&
    settleEach(before.sections, after.sections, sameFields) === before.sections &&
    sameWordings(before.right, after.right);
  return isSame ? before : { ...after, box, lines, head };
}

const asLines = (line: TextLine | null): readonly TextLine[] => (line === null ? [] : [line]);
const sameWordings = (a: PlacedPanel['right'], b: PlacedPanel['right']): boolean => {
  const lines = a.map((runs) => ({ runs }));
  return (
    settleLines(
      lines,
      b.map((runs) => ({ runs })),
    ) === lines
  );
};

/** One list in one frame; a page of one panel has its title in the frame. */
function placeList({ title, tabs, tab, panels }: DetailPage, area: Rect): PlacedPanel {
  const { width, height } = inside(area);
  const [only, ...others] = panels;
  if (only && others.length === 0)
    return withLines(only, area, foldLines(only.lines(width, null), width));
  const lines: TextLine[] = [];
  const sections: { readonly id: string; readonly line: number }[] = [];
  for (const panel of panels) {
    if (lines.length > 0) lines.push(blankLine);
    sections.push({ id: panel.id, line: lines.length });
    lines.push({ runs: headRuns(panel, width) }, ...foldLines(panel.lines(width, null), width));
  }
  const name = tabs.length > 1 && tab > 0 ? `${title} · ${tabs[tab] ?? ''}` : title;
  const panel: Panel = { id: LIST_BOX, title: name, lines: () => lines };
  const box = { id: LIST_BOX, rect: area, title: name };
  return { panel, box, head: null, lines, height, right: [], sections };
}

/** The title of a panel that has no frame. */
function headRuns({ title, heading, right }: Panel, width: number): readonly Run[] {
  const name = ` ${heading ?? title}`;
  const note = right?.(width).find((runs) => runsWidth(runs) <= width - textWidth(name) - 3) ?? [];
  return [run(name, 'title'), ...(note.length > 0 ? [run('  '), ...note] : [])];
}

/** The first line shown: the selected one is always on the screen. */
export function visibleTop(
  { lines, height }: Pick<PlacedPanel, 'lines' | 'height'>,
  { ref, top }: PanelCursor,
): number {
  const last = Math.max(0, lines.length - height);
  const wanted = Math.max(0, Math.min(last, top));
  const at = ref === null ? -1 : lines.findIndex((line) => line.ref === ref);
  if (at < 0) return wanted;
  if (at < wanted) return at;
  return at >= wanted + height ? at - height + 1 : wanted;
}

/** Things to select in a panel, in reading order, each once. */
export function targetsOf({
  lines,
}: Pick<PlacedPanel, 'lines'>): readonly { readonly ref: Ref; readonly line: number }[] {
  const seen = new Set<Ref>();
  return lines.flatMap(({ ref }, line) => {
    if (ref === undefined || seen.has(ref)) return [];
    seen.add(ref);
    return [{ ref, line }];
  });
}

/**
 * Moves the selection of a panel. The next thing is selected when it is in sight, else the panel scrolls; so nothing in
 * between is jumped over, and a selection that is left behind is none any more.
 */
export function movePanel(
  panel: Pick<PlacedPanel, 'lines' | 'height'>,
  cursor: PanelCursor,
  step: number | 'first' | 'last',
): PanelCursor {
  const { height } = panel;
  const targets = targetsOf(panel);
  const last = Math.max(0, panel.lines.length - height);
  const isSeen = (line: number, top: number): boolean => line >= top && line < top + height;
  const seen = (top: number) => targets.filter(({ line }) => isSeen(line, top));
  if (step === 'first') return { ref: seen(0)[0]?.ref ?? null, top: 0 };
  if (step === 'last') return { ref: seen(last).at(-1)?.ref ?? null, top: last };
  const from = visibleTop(panel, cursor);
  const own = targets.find(({ ref }) => ref === cursor.ref);
  const top = Math.max(0, Math.min(last, from + step));
  if (Math.abs(step) > 1) {
    const kept = own && isSeen(own.line, top) ? own : step > 0 ? seen(top)[0] : seen(top).at(-1);
    // At an end that cannot be scrolled further, the first or last thing.
    const edge = top === from ? (step > 0 ? seen(top).at(-1) : seen(top)[0]) : kept;
    return { ref: edge?.ref ?? null, top };
  }
  const next =
    step > 0
      ? targets.find(({ line }) => (own ? line > own.line : line >= from))
      : targets.findLast(({ line }) => line < (own ? own.line : from));
  if (next && isSeen(next.line, from)) return { ref: next.ref, top: from };
  if (next && isSeen(next.line, top)) return { ref: next.ref, top };
  return { ref: own && isSeen(own.line, top) ? own.ref : null, top };
}

/** Scrolls a panel, as the wheel does: what is selected stays so as long as it is in sight. */
export function scrollPanel(
  panel: Pick<PlacedPanel, 'lines' | 'height'>,
  cursor: PanelCursor,
  step: number,
): PanelCursor {
  const last = Math.max(0, panel.lines.length - panel.height);
  const top = Math.max(0, Math.min(last, visibleTop(panel, cursor) + step));
  const line = panel.lines.findIndex(({ ref }) => ref !== undefined && ref === cursor.ref);
  return { ref: line >= top && line < top + panel.height ? cursor.ref : null, top };
}

/** Gives each band its height; null when not even the fewest lines of each fit. */
function placeBands(
  bands: readonly (readonly Panel[])[],
  area: Rect,
): readonly PlacedPanel[] | null {
  const widths = bands.map((band) =>
    shareOut(
      area.width,
      band.map(({ share = 1 }) => ({ least: 0, wants: 0, grow: share })),
    ),
  );
  const sizes = bands.map((band, index) => {
    const all = band.map(({ lines }, column) => {
      const width = (widths[index]?.[column] ?? 2) - 2;
      const cut = lines(width, null);
      return { cut: cut.length, whole: foldLines(cut, width).length };
    });
    return {
      cut: Math.max(...all.map(({ cut }) => cut)),
      whole: Math.max(...all.map(({ whole }) => whole)),
    };
  });
  const parts = (fewest: number): readonly Part[] =>
    bands.map((band, index) => {
      const { cut = 0, whole = 0 } = sizes[index] ?? {};
      return {
        least: Math.min(cut, fewest) + 2,
        wants: whole + 2,
        grow: band.some(({ grows }) => grows) ? 1 : 0,
      };
    });
  const fewest = [GOOD_LINES, FEWEST_LINES].find(
    (lines) => parts(lines).reduce((sum, { least }) => sum + least, 0) <= area.height,
  );
  if (fewest === undefined) return null;
  const heights = shareOut(area.height, parts(fewest));
  let { y } = area;
  return bands.flatMap((band, index) => {
    const isLast = index === bands.length - 1;
    const height = isLast ? area.y + area.height - y : (heights[index] ?? 0);
    let { x } = area;
    const placed = band.map((panel, column): PlacedPanel => {
      const width = widths[index]?.[column] ?? 0;
      const rect = { x, y, width, height };
      x += width;
      return placePanel(panel, rect);
    });
    y += height;
    return placed;
  });
}

/** Writes a title into a frame's upper border, cut to its width. */
function paintTitle(canvas: Canvas, { x, y, width }: Rect, title: string): void {
  write(canvas, x + 2, y, ` ${truncate(title, width - 6)} `, 'title', x + width - 2);
}

/** Paints a panel; the selection of the focused one is a bar. `note` stands in its lower border. */
export function paintPanel(
  canvas: Canvas,
  placed: PlacedPanel,
  cursor: PanelCursor,
  { focused = false, note = '' }: { readonly focused?: boolean; readonly note?: string } = {},
): void {
  const { box, panel, head, lines, height, right } = placed;
  const { rect } = box;
  const area = inside(rect);
  wipe(canvas, area);
  const top = visibleTop(placed, cursor);
  if (head) paintLines(canvas, { ...area, height: 1 }, [head], 0, null);
  const body = head ? { ...area, y: area.y + 1, height } : area;
  paintLines(canvas, body, lines, top, cursor.ref, focused);
  const title = panel.heading ?? panel.title;
  if (panel.heading !== undefined) paintTitle(canvas, rect, title);
  frameRightFirst(canvas, rect, textWidth(title), right);
  frameFoot(canvas, rect, { top, height, total: lines.length }, note);
}

/** The blocks that a view tells as panels. */
export const blockPanels = (blocks: readonly DetailBlock[]): readonly Panel[] =>
  blocks.map((block, index): Panel => {
    const label = Math.max(LEAST_LABEL, ...block.lines.map((line) => textWidth(line.label)));
    return {
      id: `block-${index}`,
      title: block.title,
      lines: (width) =>
        block.lines.length === 0
          ? [labelled('', [muted('nothing known')])]
          : block.lines.map((line) => ({
              isLabelled: true,
              runs: [
                muted(` ${cell(line.label, Math.min(label, Math.floor(width / 3)))} `),
                run(line.text, line.tone ?? 'plain'),
                muted(line.ref === undefined ? '' : ' ›'),
              ],
              ...(line.ref === undefined ? {} : { ref: line.ref }),
            })),
    };
  });

/** A page made of the blocks that a view tells, for kinds without a page of their own. */
export function blockPage(
  title: string,
  blocks: readonly DetailBlock[],
  more: readonly Panel[] = [],
): DetailPage {
  const panels = [...blockPanels(blocks), ...more];
  return {
    title,
    tabs: [],
    tab: 0,
    note: [],
    panels,
    bands: (columns) =>
      Array.from({ length: Math.ceil(panels.length / columns) }, (_, band) =>
        panels.slice(band * columns, (band + 1) * columns),
      ),
  };
}

/** The least width of a column of a preview. */
const PREVIEW_COLUMN = 38;

/** A part of a preview: its lines, from a column of the frame's inside on. */
type PreviewColumn = {
  readonly x: number;
  readonly width: number;
  readonly lines: readonly TextLine[];
};

/** What a preview beneath a table says: the first panels side by side, without frames of their own. */
export type Preview = { readonly title: string; readonly columns: readonly PreviewColumn[] };

/** Places as many panels side by side as there is room for in a frame. */
export function placePreview(rect: Rect, title: string, panels: readonly Panel[]): Preview {
  const area = inside(rect);
  const count = Math.max(1, Math.min(panels.length, Math.floor(area.width / PREVIEW_COLUMN)));
  const hasTitles = area.height >= 6;
  const end = (index: number): number => Math.floor((area.width * (index + 1)) / count);
  const columns = panels.slice(0, count).map((panel, index): PreviewColumn => {
    const x = index === 0 ? 0 : end(index - 1);
    const width = end(index) - x - (index < count - 1 ? 1 : 0);
    const titles: readonly TextLine[] = hasTitles ? [{ runs: headRuns(panel, width) }] : [];
    const height = area.height - titles.length;
    const lines = panel.lines(width, height);
    const folded = foldLines(lines, width, height - lines.length);
    return { x, width, lines: [...titles, ...folded.slice(0, Math.max(0, height))] };
  });
  return { title, columns };
}

/** The preview of before when it says the same. */
export function settlePreview(before: Preview, after: Preview): Preview {
  const columns = settleEach(
    before.columns,
    after.columns.map((column, index) => {
      const old = before.columns[index];
      return old ? { ...column, lines: settleLines(old.lines, column.lines) } : column;
    }),
    sameFields,
  );
  return columns === before.columns && before.title === after.title
    ? before
    : { ...after, columns };
}

/** Paints a preview into its frame. */
export function paintPreview(canvas: Canvas, rect: Rect, { title, columns }: Preview): void {
  const area = inside(rect);
  wipe(canvas, area);
  if (title !== '') paintTitle(canvas, rect, title);
  for (const { x, width, lines } of columns)
    paintLines(canvas, { ...area, x: area.x + x, width }, lines, 0, null);
}
