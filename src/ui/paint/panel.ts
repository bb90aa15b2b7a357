import type { Ref } from '../../domain/ref.ts';
import type { DetailBlock } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { inside, shareOut } from '../layout.ts';
import type { Box, Part, Rect } from '../layout.ts';
import { cell, frameRight, wipe, write } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { blankLine, labelled, muted, paintLines, run } from './lines.ts';
import type { TextLine } from './lines.ts';

/** A part of a detail view: framed on its own where there is room, else a section of one long list. */
export type Panel = {
  readonly id: string;
  readonly title: string;
  /** At the right end of the title. */
  readonly right?: readonly Run[];
  /** Its lines for an inner width; `height` is the room there is, null where the view scrolls. */
  readonly lines: (width: number, height: number | null) => readonly TextLine[];
  /** Takes the height that is left over, as charts can. */
  readonly grows?: boolean;
  /** Its share of a band's width; default 1. */
  readonly share?: number;
};

/** What a detail view consists of. */
export type DetailPage = {
  readonly tabs: readonly string[];
  readonly tab: number;
  /** Facts that stand beside the place's name. */
  readonly note: readonly Run[];
  readonly panels: readonly Panel[];
  /** Panels that stand side by side, band below band, for two or three columns; what is missing there is not shown. */
  readonly bands: (columns: number) => readonly (readonly Panel[])[];
};

/** A panel in its place. */
export type PlacedPanel = {
  readonly box: Box;
  readonly panel: Panel;
  readonly lines: readonly TextLine[];
};

/** Where selections can stand in a detail view, and how it scrolls. */
export type DetailShape = {
  readonly boxes: readonly Box[];
  /** Things to select, in reading order, each once; `line` counts in the list where it is one. */
  readonly targets: readonly { readonly ref: Ref; readonly line: number }[];
  /** Lines of the list; 0 where panels stand side by side and nothing scrolls as a whole. */
  readonly lines: number;
  /** Visible lines of the list. */
  readonly height: number;
  readonly paint: (
    canvas: Canvas,
    cursor: { readonly ref: Ref | null; readonly top: number },
  ) => void;
};

/** The frame that has the focus: the list, or the panel with the selection. */
export const FOCUSED_BOX = 'detail';

const BANDS_FROM = { width: 110, height: 24 } as const;
const THREE_COLUMNS = 160;
const LEAST_LABEL = 11;
/** Lines that each panel gets before one gets more, where there is room, and where there is not. */
const GOOD_LINES = 8;
const FEWEST_LINES = 3;

/** How many columns of panels an area has room for; 1 is one long list. */
export const panelColumns = ({ width, height }: Rect): number =>
  width < BANDS_FROM.width || height < BANDS_FROM.height ? 1 : width < THREE_COLUMNS ? 2 : 3;

/** Places a page in an area. */
export function shapeDetail(page: DetailPage, area: Rect, selected: Ref | null): DetailShape {
  const columns = panelColumns(area);
  const bands = columns === 1 ? [] : page.bands(columns).filter((band) => band.length > 0);
  const single = bands.length === 1 && bands[0]?.length === 1 ? bands[0][0] : undefined;
  if (bands.length === 0 || single) return shapeList(page.panels, area, single);
  const placed = placeBands(bands, area);
  return placed === null ? shapeList(page.panels, area) : shapeBands(placed, selected);
}

/** One list in one frame; a page of one panel has its title in the frame. */
function shapeList(panels: readonly Panel[], area: Rect, only?: Panel): DetailShape {
  const single = only ?? (panels.length === 1 ? panels[0] : undefined);
  const inner = inside(area);
  const lines = single
    ? single.lines(inner.width, null)
    : panels.flatMap((panel, index): readonly TextLine[] => [
        ...(index === 0 ? [] : [blankLine]),
        {
          runs: [
            run(` ${panel.title}`, 'title'),
            ...(panel.right ? [run('  '), ...panel.right] : []),
          ],
        },
        ...panel.lines(inner.width, null),
      ]);
  const targets = uniqueTargets(
    lines.flatMap(({ ref }, line) => (ref === undefined ? [] : [{ ref, line }])),
  );
  const title = single?.title ?? '';
  return {
    boxes: [{ id: FOCUSED_BOX, rect: area, title }],
    targets,
    lines: lines.length,
    height: inner.height,
    paint: (canvas, cursor) => {
      const top = visibleTop(lines, cursor, inner.height);
      paintLines(canvas, inner, lines, top, cursor.ref);
      if (single?.right) frameRight(canvas, area, textWidth(title), single.right);
      paintMore(canvas, area, top, lines.length - top - inner.height);
    },
  };
}

/** The first line shown: the selected one is always on the screen. */
function visibleTop(
  lines: readonly TextLine[],
  { ref, top }: { readonly ref: Ref | null; readonly top: number },
  height: number,
): number {
  const last = Math.max(0, lines.length - height);
  const wanted = Math.max(0, Math.min(last, top));
  const at = ref === null ? -1 : lines.findIndex((line) => line.ref === ref);
  if (at < 0) return wanted;
  if (at < wanted) return at;
  return at >= wanted + height ? at - height + 1 : wanted;
}

/** A selection in a detail view, and the first line shown. */
export type DetailCursor = { readonly ref: Ref | null; readonly top: number };

/**
 * Moves the selection of a detail view. In a list the next thing is selected when it is in sight, else the list
 * scrolls; so nothing in between is jumped over, and a selection that is left behind is none any more.
 */
export function moveDetail(
  { targets, lines, height }: Pick<DetailShape, 'targets' | 'lines' | 'height'>,
  cursor: DetailCursor,
  step: number | 'first' | 'last',
): DetailCursor {
  if (lines === 0) return moveAmongPanels(targets, cursor, step);
  const last = Math.max(0, lines - height);
  const isSeen = (line: number, top: number): boolean => line >= top && line < top + height;
  const seen = (top: number) => targets.filter(({ line }) => isSeen(line, top));
  if (step === 'first') return { ref: seen(0)[0]?.ref ?? null, top: 0 };
  if (step === 'last') return { ref: seen(last).at(-1)?.ref ?? null, top: last };
  const from = Math.max(0, Math.min(last, cursor.top));
  const own = targets.find(({ ref }) => ref === cursor.ref);
  const top = Math.max(0, Math.min(last, from + step));
  if (Math.abs(step) > 1) {
    const kept = own && isSeen(own.line, top) ? own : step > 0 ? seen(top)[0] : seen(top).at(-1);
    return { ref: kept?.ref ?? null, top };
  }
  const next =
    step > 0
      ? targets.find(({ line }) => (own ? line > own.line : line >= from))
      : targets.findLast(({ line }) => line < (own ? own.line : from));
  if (next && isSeen(next.line, from)) return { ref: next.ref, top: from };
  if (next && isSeen(next.line, top)) return { ref: next.ref, top };
  return { ref: own && isSeen(own.line, top) ? own.ref : null, top };
}

/** Panels side by side do not scroll as a whole: there the selection goes from thing to thing. */
function moveAmongPanels(
  targets: DetailShape['targets'],
  { ref }: DetailCursor,
  step: number | 'first' | 'last',
): DetailCursor {
  const at = targets.findIndex((target) => target.ref === ref);
  const wanted =
    step === 'first'
      ? 0
      : step === 'last'
        ? targets.length - 1
        : at < 0
          ? step > 0
            ? 0
            : -1
          : at + step;
  if (wanted < 0 && at < 0) return { ref: null, top: 0 };
  const index = Math.max(0, Math.min(targets.length - 1, wanted));
  return { ref: targets[index]?.ref ?? null, top: 0 };
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
  const parts = (fewest: number): readonly Part[] =>
    bands.map((band, index) => {
      const natural = Math.max(
        ...band.map(({ lines }, column) => lines((widths[index]?.[column] ?? 2) - 2, null).length),
      );
      return {
        least: Math.min(natural, fewest) + 2,
        wants: natural + 2,
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
      return {
        panel,
        box: { id: panel.id, rect, title: panel.title },
        lines: panel.lines(Math.max(0, width - 2), Math.max(0, height - 2)),
      };
    });
    y += height;
    return placed;
  });
}

function shapeBands(placed: readonly PlacedPanel[], selected: Ref | null): DetailShape {
  const has = ({ lines }: PlacedPanel, ref: Ref): boolean => lines.some((line) => line.ref === ref);
  const active =
    (selected === null ? undefined : placed.find((entry) => has(entry, selected))) ??
    placed.find(({ lines }) => lines.some(({ ref }) => ref !== undefined)) ??
    placed[0];
  const targets = uniqueTargets(
    placed.flatMap(({ lines }) =>
      lines.flatMap(({ ref }) => (ref === undefined ? [] : [{ ref, line: 0 }])),
    ),
  );
  return {
    boxes: placed.map((entry) =>
      entry === active ? { ...entry.box, id: FOCUSED_BOX } : entry.box,
    ),
    targets,
    lines: 0,
    height: active ? inside(active.box.rect).height : 0,
    paint: (canvas, { ref }) => {
      for (const { box, panel, lines } of placed) {
        const area = inside(box.rect);
        wipe(canvas, area);
        const top = visibleTop(lines, { ref, top: 0 }, area.height);
        paintLines(canvas, area, lines, top, ref);
        if (panel.right) frameRight(canvas, box.rect, textWidth(panel.title), panel.right);
        paintMore(canvas, box.rect, top, lines.length - top - area.height);
      }
    },
  };
}

function uniqueTargets(
  targets: readonly { readonly ref: Ref; readonly line: number }[],
): DetailShape['targets'] {
  const seen = new Set<Ref>();
  return targets.filter(({ ref }) => !seen.has(ref) && seen.add(ref));
}

/** Says in the frame's lower border how much is above and below. */
export function paintMore(canvas: Canvas, rect: Rect, above: number, below: number): void {
  const parts = [
    ...(above > 0 ? [`↑ ${above}`] : []),
    ...(below > 0 ? [`↓ ${below} more`] : []),
  ].join('  ');
  if (parts === '' || rect.width < parts.length + 8) return;
  write(
    canvas,
    rect.x + 2,
    rect.y + rect.height - 1,
    ` ${parts} `,
    'muted',
    rect.x + rect.width - 2,
  );
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
export function blockPage(blocks: readonly DetailBlock[]): DetailPage {
  const panels = blockPanels(blocks);
  return {
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

/** Paints the first panels side by side without frames of their own, for the preview beneath a table. */
export function paintPreview(
  canvas: Canvas,
  rect: Rect,
  title: string,
  panels: readonly Panel[],
): void {
  const area = inside(rect);
  wipe(canvas, area);
  const name = title === '' ? '' : ` ${title} `;
  write(canvas, rect.x + 2, rect.y, name, 'title', rect.x + rect.width - 2);
  const count = Math.max(1, Math.min(panels.length, Math.floor(area.width / PREVIEW_COLUMN)));
  const hasTitles = area.height >= 6;
  let { x } = area;
  for (const [index, panel] of panels.slice(0, count).entries()) {
    const right = area.x + Math.floor((area.width * (index + 1)) / count);
    const column = { x, y: area.y, width: right - x - (right < area.x + area.width ? 1 : 0) };
    const titles: readonly TextLine[] = hasTitles
      ? [
          {
            runs: [
              run(` ${panel.title}`, 'title'),
              ...(panel.right ? [run('  '), ...panel.right] : []),
            ],
          },
        ]
      : [];
    const height = area.height - titles.length;
    const lines = [...titles, ...panel.lines(column.width, height).slice(0, Math.max(0, height))];
    paintLines(canvas, { ...column, height: area.height }, lines, 0, null);
    x = right;
  }
}
