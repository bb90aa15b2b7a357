import { clock, duration } from '../../domain/format.ts';
import type { Problem, Severity } from '../../domain/problem.ts';
import type { ToneName } from '../../domain/theme.ts';
import { inside } from '../layout.ts';
import type { Layout, Rect } from '../layout.ts';
import { roots } from '../model.ts';
import type { Model } from '../model.ts';
import { blank, cell, frameRight, line, lineRight, wipe, write } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { counts } from './header.ts';

export const SEVERITY_SIGNS: Readonly<Record<Severity, string>> = {
  critical: '✗',
  warning: '▲',
  info: '·',
};
export const SEVERITY_TONES: Readonly<Record<Severity, ToneName>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'info',
};
const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'CRIT',
  warning: 'WARN',
  info: 'INFO',
};

/** `zone omni1/etcd1` */
export const subjectText = ({ subject }: Problem): string => subject.replace(':', ' ');

/** What a problem explains, by kind: `11 zones · 1 vm`. */
export const foldsText = ({ folds }: Problem): string =>
  Object.entries(folds)
    .filter(([, amount]) => amount > 0)
    .map(([kind, amount]) => `${amount} ${kind}`)
    .join(' · ');

/** Lines that the strip would like to have on this data. */
export const problemLines = (model: Model): number =>
  roots(model.problems).reduce((sum, problem) => sum + (problem.consequences > 0 ? 2 : 1), 0);

const summaryRuns = (model: Model): readonly Run[] => {
  const { critical, warning, info, folded } = counts(model);
  const runs: Run[] = [];
  const add = (text: string, tone: ToneName) => {
    if (runs.length > 0) runs.push({ text: '  ', tone: 'muted' });
    runs.push({ text, tone });
  };
  if (critical > 0) add(`${critical} critical`, 'bad');
  if (warning > 0) add(`${warning} warning`, 'warn');
  if (info > 0) add(`${info} info`, 'info');
  if (folded > 0) add(`+${folded} folded`, 'muted');
  return runs;
};

const blindRun = (model: Model): Run | null => {
  const blind = [...model.inventory.hosts, ...model.inventory.clusters].filter(
    ({ source }) => source.state !== 'up',
  );
  return blind.length === 0
    ? null
    : { text: `blind: ${blind.map(({ name }) => name).join(' ')}`, tone: 'unknown' };
};

/** One line that says the worst. */
function paintStripLine(canvas: Canvas, rect: Rect, model: Model): void {
  const end = rect.x + rect.width;
  const [worst] = roots(model.problems);
  if (!worst && model.phase !== 'open') {
    line(canvas, rect.x, rect.y, end, [
      model.phase === 'starting'
        ? { text: ' ↻ starting; nothing is watched yet', tone: 'info' }
        : { text: ' ✗ nothing is watched', tone: 'bad' },
    ]);
    return;
  }
  if (!worst) {
    const blind = blindRun(model);
    const pendingOnly = [...model.inventory.hosts, ...model.inventory.clusters].some(
      ({ source }) => source.state === 'connecting',
    );
    line(canvas, rect.x, rect.y, end, [
      blind === null
        ? { text: ' ● nothing wrong', tone: 'ok' }
        : {
            text: pendingOnly ? ' ↻ no problem known yet' : ' ? no problem known',
            tone: 'unknown',
          },
      ...(blind === null ? [] : [{ text: '   ', tone: 'muted' as const }, blind]),
    ]);
    return;
  }
  line(canvas, rect.x, rect.y, end, [
    { text: ' ', tone: 'plain' },
    { text: `${SEVERITY_SIGNS[worst.severity]} `, tone: SEVERITY_TONES[worst.severity] },
    {
      text: `${duration(model.now - worst.since)} ${subjectText(worst)}: ${worst.title}`,
      tone: SEVERITY_TONES[worst.severity],
    },
    { text: worst.consequences > 0 ? `  +${worst.consequences} folded` : '', tone: 'muted' },
  ]);
  lineRight(canvas, rect.x + Math.floor(rect.width * 0.6), rect.y, end, [
    { text: '  ', tone: 'plain' },
    ...summaryRuns(model),
    { text: ' ', tone: 'plain' },
  ]);
}

/** The strip that is always visible. */
export function paintProblemStrip(
  canvas: Canvas,
  { rect, framed }: Layout['problems'],
  model: Model,
): void {
  if (rect.height <= 0) return;
  if (!framed) {
    paintStripLine(canvas, rect, model);
    return;
  }
  frameRight(canvas, rect, 8, summaryRuns(model));
  const area = inside(rect);
  wipe(canvas, area);
  const end = area.x + area.width;
  const top = roots(model.problems);
  let { y } = area;
  const bottom = area.y + area.height;
  if (top.length === 0) {
    paintStripLine(canvas, { ...area, height: 1 }, model);
    return;
  }
  for (const [index, problem] of top.entries()) {
    if (y >= bottom) break;
    const left = top.length - index;
    if (y === bottom - 1 && left > 1) {
      line(canvas, area.x, y, end, [{ text: ` … ${left} more`, tone: 'muted' }]);
      break;
    }
    paintProblemLine(canvas, area, y, problem, model);
    y += 1;
    if (problem.consequences > 0 && y < bottom - (left > 1 ? 1 : 0)) {
      line(canvas, area.x, y, end, [
        { text: '   └ folds ', tone: 'muted' },
        { text: `${problem.consequences}: ${foldsText(problem)}`, tone: 'plain' },
      ]);
      y += 1;
    }
  }
}

function paintProblemLine(
  canvas: Canvas,
  area: Rect,
  y: number,
  problem: Problem,
  model: Model,
): void {
  const end = area.x + area.width;
  const tone = SEVERITY_TONES[problem.severity];
  blank(canvas, area.x, y, end);
  let x = write(
    canvas,
    area.x,
    y,
    ` ${SEVERITY_SIGNS[problem.severity]} ${SEVERITY_WORDS[problem.severity]} `,
    tone,
    end,
  );
  x = write(
    canvas,
    x,
    y,
    `${cell(duration(model.now - problem.since), 6, 'right')}  `,
    'plain',
    end,
  );
  const subjectWidth = area.width >= 100 ? 26 : 18;
  x = write(canvas, x, y, `${cell(subjectText(problem), subjectWidth)}  `, 'title', end);
  x = write(canvas, x, y, problem.title, 'plain', end);
  if (!problem.confirmed) write(canvas, x, y, '  (not confirmed now)', 'unknown', end);
}

/** The list of the problems view, roots with what they explain beneath. */
export const problemTree = (
  problems: readonly Problem[],
): readonly { readonly problem: Problem; readonly depth: number }[] => {
  const beneath = Map.groupBy(problems, ({ cause }) => cause ?? '');
  const out: { problem: Problem; depth: number }[] = [];
  const add = (problem: Problem, depth: number, seen: ReadonlySet<string>): void => {
    out.push({ problem, depth });
    if (seen.has(problem.id)) return;
    const path = new Set([...seen, problem.id]);
    for (const child of beneath.get(problem.id) ?? []) add(child, depth + 1, path);
  };
  for (const problem of roots(problems)) add(problem, 0, new Set());
  return out;
};

/** Paints the list of the problems view. */
export function paintProblemList(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  selected: string | null,
  top: number,
): void {
  const area = inside(rect);
  frameRight(canvas, rect, 24, summaryRuns(model));
  wipe(canvas, area);
  const end = area.x + area.width;
  const tree = problemTree(model.problems);
  if (tree.length === 0) {
    paintStripLine(canvas, { ...area, height: 1 }, model);
    return;
  }
  line(canvas, area.x, area.y, end, [
    { text: `   SEV   SINCE     FOR     ${cell('SUBJECT', 28)} WHAT`, tone: 'muted' },
  ]);
  for (let row = 0; row < area.height - 1; row += 1) {
    const entry = tree[top + row];
    if (!entry) break;
    const { problem, depth } = entry;
    const y = area.y + 1 + row;
    const inverse = problem.id === selected ? { inverse: true } : {};
    const tone = SEVERITY_TONES[problem.severity];
    line(
      canvas,
      area.x,
      y,
      end,
      [
        {
          text: `${problem.id === selected ? '>' : ' '}${SEVERITY_SIGNS[problem.severity]} ${SEVERITY_WORDS[problem.severity]}  `,
          tone,
        },
        {
          text: `${clock(problem.since)}  ${cell(duration(model.now - problem.since), 6, 'right')}  `,
          tone: 'plain',
        },
        {
          text: `${cell(`${'  '.repeat(depth)}${depth > 0 ? '└ ' : ''}${subjectText(problem)}`, 28)} `,
          tone: 'title',
        },
        { text: problem.title, tone: 'plain' },
        { text: problem.consequences > 0 ? `  folds ${problem.consequences}` : '', tone: 'muted' },
        { text: problem.confirmed ? '' : '  (not confirmed now)', tone: 'unknown' },
      ],
      inverse,
    );
  }
}

/** Evidence, hint and consequences of one problem. */
export function paintProblemDetail(canvas: Canvas, rect: Rect, problem: Problem | undefined): void {
  const area = inside(rect);
  wipe(canvas, area);
  if (!problem) return;
  const end = area.x + area.width;
  const evidence = Object.entries(problem.evidence).filter(([name]) => name !== 'from');
  const lines: readonly (readonly Run[])[] = [
    [
      { text: ' what    ', tone: 'muted' },
      { text: `${subjectText(problem)}: ${problem.title}`, tone: SEVERITY_TONES[problem.severity] },
    ],
    [
      { text: ' rule    ', tone: 'muted' },
      { text: `${problem.rule}  ${problem.severity}`, tone: 'plain' },
    ],
    ...evidence.map(([name, value], index): readonly Run[] => [
      { text: index === 0 ? ' why     ' : '         ', tone: 'muted' },
      { text: `${name} ${value === null ? '┄' : String(value)}`, tone: 'plain' },
    ]),
    ...(problem.evidence['from'] === undefined
      ? []
      : [
          [
            { text: ' from    ', tone: 'muted' },
            { text: String(problem.evidence['from']), tone: 'plain' },
          ] as const,
        ]),
    ...(problem.consequences > 0
      ? [
          [
            { text: ' folds   ', tone: 'muted' },
            { text: foldsText(problem), tone: 'plain' },
          ] as const,
        ]
      : []),
    ...(problem.hint
      ? [
          [
            { text: ' next    ', tone: 'muted' },
            { text: problem.hint, tone: 'accent' },
          ] as const,
        ]
      : []),
  ];
  for (const [index, runs] of lines.slice(0, area.height).entries())
    line(canvas, area.x, area.y + index, end, runs);
}
