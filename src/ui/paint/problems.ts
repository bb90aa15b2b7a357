import { duration, plural } from '../../domain/format.ts';
import type { Problem, Severity } from '../../domain/problem.ts';
import { refHost, refText } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import { textWidth } from '../../term/width.ts';
import { inside } from '../layout.ts';
import type { Layout, Rect } from '../layout.ts';
import { roots } from '../model.ts';
import type { Model } from '../model.ts';
import { problemTitle } from '../questions.ts';
import { cell, frameFoot, frameRight, runsWidth, wipe } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { counts } from './header.ts';
import {
  fitRuns,
  gridLines,
  labelled,
  muted,
  namedParagraph,
  paintLines,
  paragraph,
  run,
  settleLines,
  shortPath,
  wrapText,
} from './lines.ts';
import type { TextLine } from './lines.ts';
import { groupFacts, groupText, signRun } from './look.ts';
import type { Look } from './look.ts';
import type { Panel } from './panel.ts';
import {
  causeTreeLines,
  explainedBy,
  fittedTree,
  goneUnknown,
  problemTree,
  rootOf,
} from './problem-tree.ts';
import { evidenceText, sinceText } from './times.ts';

export { problemTree } from './problem-tree.ts';

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
export const subjectText = ({ subject }: Problem): string => refText(subject);

const KIND_NAMES: Readonly<Record<string, string>> = { vms: 'VMs', vlans: 'VLANs' };

/** What a problem explains, by kind: `11 zones · 1 VM`. */
export const foldsText = ({ folds }: Problem): string =>
  Object.entries(folds)
    .filter(([, amount]) => amount > 0)
    .map(([kind, amount]) => {
      const name = KIND_NAMES[kind] ?? kind;
      return `${amount} ${amount === 1 ? name.replace(/s$/, '') : name}`;
    })
    .join(' · ');

/** The measured values behind a problem, in words. */
export const evidenceTexts = ({ evidence }: Problem): readonly string[] =>
  Object.entries(evidence)
    .filter(([name, value]) => name !== 'from' && value !== null)
    .map(([name, value]) => evidenceText(name, value));

/** Lines that the strip would like to have on this data. */
export const problemLines = (model: Model): number =>
  roots(model.problems).reduce((sum, problem) => sum + (problem.consequences > 0 ? 2 : 1), 0);

const summaryRuns = (model: Model): readonly Run[] => {
  const { critical, warning, info, folded } = counts(model);
  const runs: Run[] = [];
  const add = (text: string, tone: ToneName) => {
    if (runs.length > 0) runs.push(muted('  '));
    runs.push({ text, tone });
  };
  if (critical > 0) add(`${critical} critical`, 'bad');
  if (warning > 0) add(`${warning} warning`, 'warn');
  if (info > 0) add(`${info} info`, 'info');
  if (folded > 0) add(`+${folded} folded`, 'muted');
  return runs;
};

const silentSources = ({ inventory }: Model) =>
  [...inventory.hosts, ...inventory.clusters].filter(({ source }) => source.state !== 'up');

const blindRun = (model: Model): Run | null => {
  const blind = silentSources(model);
  return blind.length === 0
    ? null
    : { text: `blind: ${blind.map(({ name }) => name).join(' ')}`, tone: 'unknown' };
};

/** What is said when no problem is open: well only when every source answers. */
function calmRuns(model: Model): readonly Run[] {
  if (model.phase !== 'open')
    return [
      model.phase === 'starting'
        ? run(' ↻ starting; nothing is watched yet', 'info')
        : run(' ✗ nothing is watched', 'bad'),
    ];
  const blind = blindRun(model);
  if (blind === null) {
    const { hosts, clusters } = model.inventory;
    const watched = [
      plural(hosts.length, 'host'),
      ...(clusters.length > 0 ? [plural(clusters.length, 'cluster')] : []),
    ].join(' and ');
    return hosts.length + clusters.length === 0
      ? [run(' ? nothing is configured to be watched', 'unknown')]
      : [run(' ● nothing wrong', 'ok'), muted(`   blind 0   ${watched} answer`)];
  }
  const isConnecting = silentSources(model).some(({ source }) => source.state === 'connecting');
  return [
    run(isConnecting ? ' ↻ no problem known yet' : ' ? no problem known', 'unknown'),
    muted('   '),
    blind,
  ];
}

/** UUIDs as the eight digits that they begin with: what is said of a volume matters more than the rest of its name. */
const shortUuids = (text: string): string =>
  text.replaceAll(/\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '$1…');

function worstLine(worst: Problem, model: Model, width: number): TextLine {
  const right: readonly Run[] = [run('  '), ...summaryRuns(model), run(' ')];
  const room = width - (runsWidth(right) <= width * 0.4 ? runsWidth(right) : 0);
  const tone = SEVERITY_TONES[worst.severity];
  const start: readonly Run[] = [
    run(' '),
    run(`${SEVERITY_SIGNS[worst.severity]} `, tone),
    run(duration(model.now - worst.since), tone),
  ];
  const subject = subjectText(worst);
  const title = problemTitle(worst, model);
  const text = ` ${subject}: ${title}`;
  const isWide = runsWidth(start) + textWidth(text) > room;
  const short = ` ${shortUuids(`${shortPath(subject, Math.floor(room / 3))}: ${title}`)}`;
  const left = fitRuns([...start, run(isWide ? short : text, tone)], room);
  return {
    runs: room < width ? [...left, ...right] : left,
    ref: worst.subject,
    spot: { kind: 'problem', id: worst.id },
  };
}

/** One line that says the worst, or that nothing is wrong. */
function shortLine(model: Model, width: number): TextLine {
  const [worst] = roots(model.problems);
  return worst ? worstLine(worst, model, width) : { runs: calmRuns(model) };
}

const FROM_WIDTH = { subject: 100 } as const;

/** As many texts, in their order, as fit into a width. */
function fitTexts(texts: readonly string[], width: number): string {
  let out = '';
  for (const text of texts) {
    const next = out === '' ? text : `${out} · ${text}`;
    if (textWidth(next) > width) break;
    out = next;
  }
  return out;
}

const foldsRuns = ({ consequences }: Problem, width: number): readonly Run[] =>
  width >= 60 && consequences > 0 ? [muted(` folds ${consequences} `)] : [];

/** Cells of a line before the name of its subject, and the gap behind that. */
const STRIP_LEAD = 19;

/** The width of the names in the strip: all in full where every title has its room too. */
function subjectsWidth(problems: readonly Problem[], model: Model, width: number): number {
  const least = width >= FROM_WIDTH.subject ? 26 : width >= 70 ? 18 : 15;
  const room = problems.map(
    (problem) =>
      width -
      STRIP_LEAD -
      runsWidth(foldsRuns(problem, width)) -
      textWidth(problemTitle(problem, model)),
  );
  const widest = Math.max(...problems.map((problem) => textWidth(subjectText(problem))));
  return Math.min(widest, Math.max(least, Math.min(...room)));
}

/** The line of a root in the strip; in a pane of its own, without a width for its name, in as much as that takes. */
function rootLine(
  problem: Problem,
  model: Model,
  width: number,
  subjectWidth: number | null,
  hasTitle = true,
): TextLine {
  const isPane = subjectWidth === null;
  const right = isPane ? [] : foldsRuns(problem, width);
  const left: readonly Run[] = [
    run(
      ` ${SEVERITY_SIGNS[problem.severity]} ${SEVERITY_WORDS[problem.severity]} `,
      SEVERITY_TONES[problem.severity],
    ),
    run(`${cell(duration(model.now - problem.since), 6, 'right')}  `),
    run(
      `${isPane ? subjectText(problem) : cell(shortPath(subjectText(problem), subjectWidth), subjectWidth)}  `,
      'title',
    ),
    run(hasTitle ? problemTitle(problem, model) : ''),
    ...(problem.confirmed ? [] : [run('  (not confirmed now)', 'unknown')]),
  ];
  const spare = width - runsWidth(right) - runsWidth(left) - 3;
  const evidence = isPane ? '' : fitTexts(evidenceTexts(problem), spare);
  return {
    runs: [
      ...fitRuns(
        evidence === '' ? left : [...left, muted(`   ${evidence}`)],
        width - runsWidth(right),
      ),
      ...right,
    ],
    ref: problem.subject,
    spot: { kind: 'problem', id: problem.id },
  };
}

/** What a root explains, and which redundancy has no loss left meanwhile. */
function consequenceLines(problem: Problem, look: Look, width: number): readonly TextLine[] {
  if (problem.consequences === 0) return [];
  const affected = new Set([
    ...goneUnknown(problem, look),
    ...look.model.problems
      .filter((each) => rootOf(each, look.model.problems).id === problem.id)
      .map(({ subject }) => subject),
  ]);
  const strained = groupFacts(look).filter(
    ({ sign, members }) =>
      sign !== 'ok' && members.some(({ ref }) => ref !== null && affected.has(ref)),
  );
  const runs: Run[] = [
    run('   └ ', 'frame'),
    muted('folds '),
    run(`${problem.consequences}: ${foldsText(problem)}`),
  ];
  let left = strained.length;
  for (const group of strained) {
    const part = [
      muted('   '),
      signRun(group.sign),
      run(` ${group.name} ${group.up}/${group.members.length}`),
    ];
    if (runsWidth(runs) + runsWidth(part) + (left > 1 ? 5 : 0) > width) break;
    runs.push(...part);
    left -= 1;
  }
  if (left > 0) runs.push(muted(`  +${left}`));
  return [{ runs }];
}

/** The roots in a line or two each. */
function rootLines(look: Look, width: number, height: number): readonly TextLine[] {
  const { model } = look;
  const top = roots(model.problems);
  const lines: TextLine[] = [];
  const subjects = subjectsWidth(top.slice(0, height), model, width);
  for (const [index, problem] of top.entries()) {
    const left = top.length - index;
    const room = height - lines.length;
    if (room <= 0) break;
    if (room === 1 && left > 1) {
      lines.push({ runs: [muted(`   … ${left} more`)] });
      break;
    }
    lines.push(rootLine(problem, model, width, subjects));
    if (height - lines.length > (left > 1 ? 1 : 0))
      lines.push(...consequenceLines(problem, look, width));
  }
  return lines;
}

/** A root in a pane of its own, in as many lines as it may take: why, what it explains, what to do. */
function wideRootLines(
  problem: Problem,
  look: Look,
  width: number,
  room = Number.POSITIVE_INFINITY,
): readonly TextLine[] {
  const evidence = evidenceTexts(problem);
  const whole = rootLine(problem, look.model, width, null);
  const isCut = runsWidth(whole.runs) >= width && whole.runs.some(({ text }) => text.endsWith('…'));
  const head = isCut ? rootLine(problem, look.model, width, null, false) : whole;
  const above: readonly TextLine[] = [
    head,
    ...(isCut
      ? wrapText(problem.title, width - 10).map((text, index): TextLine => ({
          runs: [muted(index === 0 ? '   what  ' : '         '), run(text)],
        }))
      : []),
    ...(evidence.length > 0
      ? wrapText(evidence.join(' · '), width - 10).map((text, index): TextLine => ({
          runs: [muted(index === 0 ? '   why   ' : '         '), run(text)],
        }))
      : []),
  ];
  const below: readonly TextLine[] = [
    ...(problem.hint === ''
      ? []
      : wrapText(problem.hint, width - 10).map((text, index): TextLine => ({
          runs: [muted(index === 0 ? '   next  ' : '         '), run(text, 'accent')],
        }))),
    { runs: [] },
  ];
  if (problem.consequences === 0) return [...above, ...below];
  // The root of the tree is the line above it; one that is cut to fewer lines tells less than the sums.
  const left = room - above.length - below.length;
  const tree = fittedTree(problem, look, width - 2, Math.max(1, left + 1));
  const explained =
    left < LEAST_TREE && tree.hidden > 0
      ? consequenceLines(problem, look, width)
      : tree.lines.slice(1).map(({ runs }): TextLine => ({ runs: [run('  '), ...runs] }));
  return [...above, ...explained, ...below];
}

/** Fewer lines of a tree that is cut are not worth it. */
const LEAST_TREE = 3;

/** Lines of the problems' own pane: as much of every root as there is room for, the worst in full first. */
function problemPaneLines(look: Look, width: number, height: number): readonly TextLine[] {
  const top = roots(look.model.problems);
  const short = top.map((problem) => [
    rootLine(problem, look.model, width, null),
    ...consequenceLines(problem, look, width),
  ]);
  let spare = height - short.reduce((sum, lines) => sum + lines.length, 0);
  if (spare < 0) return rootLines(look, width, height);
  return top.flatMap((problem, index) => {
    const least = short[index] ?? [];
    const full = wideRootLines(problem, look, width, least.length + spare);
    const more = full.length - least.length;
    if (more > spare) return least;
    spare -= more;
    return full;
  });
}

/** Lines that the problems' own pane would like to have. */
export const problemPaneWants = (look: Look, width: number): number =>
  roots(look.model.problems).reduce(
    (sum, problem) => sum + wideRootLines(problem, look, width).length,
    0,
  );

/** What the strip says that is always visible; the same list while it says the same. */
export function stripLines(look: Look, { rect, framed }: Layout['problems']): readonly TextLine[] {
  const { inventory, keymap, phase, problems, views } = look.model;
  const inputs = [rect, framed, inventory, keymap, phase, problems, views];
  return look.keep('strip', inputs, () => makeStripLines(look, rect, framed), settleLines);
}

function makeStripLines(look: Look, rect: Rect, framed: boolean): readonly TextLine[] {
  if (!framed || roots(look.model.problems).length === 0)
    return [shortLine(look.model, rect.width)];
  const { width, height } = inside(rect);
  // Beside the panes it has a column of its own.
  return rect.x > 0 ? problemPaneLines(look, width, height) : rootLines(look, width, height);
}

/** Paints the strip with what it says. */
export function paintProblemStrip(
  canvas: Canvas,
  { rect, framed }: Layout['problems'],
  model: Model,
  lines: readonly TextLine[],
): void {
  if (framed) frameRight(canvas, rect, 8, summaryRuns(model));
  paintLines(canvas, framed ? inside(rect) : rect, lines, 0, null);
}

const stateText = (problem: Problem): Run =>
  !problem.confirmed
    ? run('last known', 'unknown')
    : problem.evidence['flapping'] === undefined
      ? muted('open')
      : run('flapping', 'warn');

/** Lines that stand below the list: blind spots, and that nothing else is wrong. */
function listNotes(model: Model): readonly TextLine[] {
  const top = roots(model.problems);
  const { folded } = counts(model);
  const blind = silentSources(model);
  return [
    {
      runs: [
        muted(
          folded > 0
            ? ` ${plural(folded + top.length, 'symptom')} in ${plural(top.length, 'root')}; nothing is left unexplained`
            : ` ${plural(top.length, 'root')}, nothing folded`,
        ),
      ],
    },
    {
      runs:
        blind.length === 0
          ? [muted(' blind spots: none')]
          : [
              muted(' blind spots: '),
              ...blind.flatMap(({ name, source }, index) => [
                muted(index === 0 ? '' : ' · '),
                run(name, 'unknown'),
                muted(
                  ` ${source.state}, ${
                    source.lastDataAt === null
                      ? 'never answered'
                      : `no data for ${duration(model.now - source.lastDataAt)}`
                  }`,
                ),
              ]),
            ],
    },
  ];
}

/** Lines that the list of problems would like to have, its notes among them. */
export const problemListWants = (model: Model): number => problemTree(model.problems).length + 4;

/** The rows of the list, with the titles in front. */
function problemRows(model: Model, width: number): readonly TextLine[] {
  // A path gives way to what is wrong sooner than a name that has no middle.
  const mostPath = width < 100 ? 24 : Math.floor(width / 3);
  return gridLines(
    [
      { title: '', width: 1 },
      { title: 'SEV', width: 4 },
      { title: 'SINCE', width: 8, rank: 3 },
      { title: 'FOR', width: 6, align: 'right' },
      { title: 'ROOT', width: 'fit', most: width < 100 ? 24 : Math.floor(width * 0.43) },
      { title: 'WHAT', width: 'grow', least: 30 },
      { title: 'FOLDS', width: 5, align: 'right', rank: 1 },
      { title: 'STATE', width: 10, rank: 2 },
    ],
    problemTree(model.problems).map(({ problem, branch }) => ({
      ref: problem.subject,
      cells: [
        run(SEVERITY_SIGNS[problem.severity], SEVERITY_TONES[problem.severity]),
        run(SEVERITY_WORDS[problem.severity], SEVERITY_TONES[problem.severity]),
        muted(sinceText(problem.since, model.now)),
        run(duration(model.now - problem.since)),
        [
          run(branch, 'frame'),
          run(
            shortPath(subjectText(problem), mostPath - branch.length),
            problem.cause === null ? 'title' : 'plain',
          ),
        ],
        run(problem.title),
        problem.consequences > 0 ? run(String(problem.consequences)) : muted('-'),
        stateText(problem),
      ],
    })),
    width,
  );
}

/** Paints the list of the problems view, from the tree's row `top` on. */
export function paintProblemList(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  selected: string | null,
  top: number,
  { focused, note }: { readonly focused: boolean; readonly note: string },
): void {
  const area = inside(rect);
  frameRight(canvas, rect, 24, summaryRuns(model));
  wipe(canvas, area);
  const tree = problemTree(model.problems);
  if (tree.length === 0) {
    paintLines(canvas, { ...area, height: 1 }, [shortLine(model, area.width)], 0, null);
    return;
  }
  const [header, ...rows] = problemRows(model, area.width);
  const room = area.height - 1;
  if (header) paintLines(canvas, { ...area, height: 1 }, [header], 0, null);
  const visible = rows.slice(top, top + room);
  // The same thing may have several problems: the selection is the problem's, not the thing's.
  for (const [index, entry] of visible.entries()) {
    const problem = tree[top + index]?.problem;
    paintLines(
      canvas,
      { ...area, y: area.y + 1 + index, height: 1 },
      [problem ? { ...entry, spot: { kind: 'problem', id: problem.id } } : entry],
      0,
      problem && problem.id === selected ? problem.subject : null,
      focused,
    );
  }
  frameFoot(canvas, rect, { top, height: room, total: rows.length }, note);
  const notes = listNotes(model);
  const free = room - visible.length;
  if (free > notes.length)
    paintLines(
      canvas,
      { ...area, y: area.y + area.height - notes.length, height: notes.length },
      notes,
      0,
      null,
    );
}

/** The tree of the selected problem's root. */
export function problemTreePanel(problem: Problem | undefined, look: Look): Panel {
  const { problems } = look.model;
  const root = problem && rootOf(problem, problems);
  const others = root ? roots(problems).filter(({ id }) => id !== root.id) : [];
  return {
    id: 'problem-tree',
    title: 'Cause tree',
    ...(problem ? { mark: problem.subject } : {}),
    right: () =>
      root
        ? [
            [
              run(subjectText(root), 'title'),
              muted(root.consequences > 0 ? `  ${root.consequences} folded` : '  folds nothing'),
            ],
          ]
        : [],
    lines: (width, height) => {
      if (!root) return [];
      const apart = others.length === 0 ? [] : apartLines(root, others, width);
      const drawn = (most: number): readonly TextLine[] => [
        ...causeTreeLines(root, look, width, 4, most),
        ...apart,
      ];
      // As much of what is said as there are free lines for.
      return (
        [6, 3, 2].map(drawn).find((lines) => height === null || lines.length <= height) ?? drawn(1)
      );
    },
  };
}

const apartLines = (
  root: Problem,
  others: readonly Problem[],
  width: number,
): readonly TextLine[] =>
  wrapText(
    `not caused by ${subjectText(root)}: ${others.map(subjectText).join(', ')}`,
    width - 3,
  ).map((text): TextLine => ({ runs: [muted(` ${text}`)] }));

/** Evidence, consequences, what must stay up, and what to do next. */
export function problemDetailLines(
  problem: Problem,
  look: Look,
  width: number,
): readonly TextLine[] {
  const { model } = look;
  const evidence = evidenceTexts(problem);
  const { from } = problem.evidence;
  const root = rootOf(problem, model.problems);
  const own = explainedBy(problem, model.problems);
  const affected = new Set([
    problem.subject,
    ...goneUnknown(problem, look),
    ...own.map(({ subject }) => subject),
  ]);
  const strained = groupFacts(look).filter(({ members }) =>
    members.some(({ ref }) => ref !== null && affected.has(ref)),
  );
  const guarded = strained
    .filter(({ sign }) => sign === 'warning')
    .flatMap(({ members }) => members.filter(({ sign }) => sign === 'ok'));
  const host = refHost(problem.subject);
  const actions = model.runs.filter(
    ({ subject }) =>
      subject === problem.subject || (host !== undefined && refHost(subject) === host),
  );
  const guards = [...new Set(guarded.map(({ name }) => name))];
  return [
    ...paragraph('what', `${subjectText(problem)}: ${problem.title}`, width),
    ...(evidence.length === 0 ? [] : paragraph('why', evidence.join(' · '), width)),
    ...(root.id === problem.id
      ? []
      : namedParagraph(
          'caused by',
          run(subjectText(root), 'title'),
          `  ${root.title} ›`,
          width,
          root.subject,
        )),
    ...(problem.hint === '' ? [] : paragraph('next', problem.hint, width, 'accent')),
    problem.consequences > 0
      ? labelled('folds', [run(foldsText(problem))])
      : labelled('folds', [muted('nothing: no other fault comes from it')]),
    ...(guards.length === 0
      ? []
      : paragraph('keep up', `${guards.join(' ')}: their groups can lose no more`, width, 'warn')),
    ...strained.map((group, index) =>
      labelled(index === 0 ? 'redundancy' : '', [
        signRun(group.sign),
        run(` ${cell(group.name, 14)} `),
        muted(groupText(group)),
      ]),
    ),
    labelled('since', [
      run(sinceText(problem.since, model.now)),
      muted(`  for ${duration(model.now - problem.since)}`),
      ...(problem.confirmed
        ? []
        : [run(`  last confirmed ${duration(model.now - problem.lastSeen)} ago`, 'unknown')]),
    ]),
    ...namedParagraph(
      'rule',
      run(problem.rule),
      `  ${problem.severity}${from === undefined ? '' : `, from ${String(from)}`}`,
      width,
    ),
    ...namedParagraph('thing', run(problem.subject), ' ›', width, problem.subject),
    ...actions
      .slice(-3)
      .map((entry, index) =>
        labelled(index === 0 ? 'actions' : '', [
          muted(`${sinceText(entry.startedAt, model.now)} `),
          run(`${entry.label}: ${entry.step}`),
        ]),
      ),
  ];
}

/** What is known of one problem. */
export const problemDetailPanel = (problem: Problem | undefined, look: Look): Panel => ({
  id: 'problem-detail',
  title: 'Why, what, next',
  right: () =>
    problem
      ? [
          [
            run(
              `${SEVERITY_SIGNS[problem.severity]} ${problem.severity}`,
              SEVERITY_TONES[problem.severity],
            ),
          ],
        ]
      : [],
  lines: (width) => (problem ? problemDetailLines(problem, look, width) : []),
});
