import { createGraph } from '../../derive/graph.ts';
import { plural } from '../../domain/format.ts';
import type { GroupState } from '../../domain/groups.ts';
import { allZonesOf, findHost } from '../../domain/joined.ts';
import type { Problem } from '../../domain/problem.ts';
import { kindWord, refKind, refName, refPath, refText } from '../../domain/ref.ts';
import type { Ref, RefKind } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { Sign } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { roots } from '../model.ts';
import { cell, clip } from './canvas.ts';
import type { Run } from './canvas.ts';
import { fitRuns, muted, run, shortPath, wrapRuns } from './lines.ts';
import type { TextLine } from './lines.ts';
import { groupFacts, groupText, signOf, signRun } from './look.ts';
import type { Look } from './look.ts';
import { podsOnNode } from './nodes.ts';
import { sinceText } from './times.ts';

/** A problem in the list of causes and consequences. */
export type TreeEntry = {
  readonly problem: Problem;
  readonly depth: number;
  /** The branches in front of it: `│ └─`. */
  readonly branch: string;
};

/** All problems, each root with what it explains beneath it. */
export function problemTree(problems: readonly Problem[]): readonly TreeEntry[] {
  const beneath = Map.groupBy(problems, ({ cause }) => cause ?? '');
  const out: TreeEntry[] = [];
  const add = (problem: Problem, lead: string, own: string, path: ReadonlySet<string>): void => {
    out.push({ problem, depth: path.size, branch: own });
    if (path.has(problem.id)) return;
    const children = beneath.get(problem.id) ?? [];
    for (const [index, child] of children.entries()) {
      const isLast = index === children.length - 1;
      add(
        child,
        `${lead}${isLast ? '   ' : '│  '}`,
        `${lead}${isLast ? '└─' : '├─'}`,
        new Set([...path, problem.id]),
      );
    }
  };
  for (const problem of roots(problems)) add(problem, '', '', new Set());
  return out;
}

const byIds = new WeakMap<readonly Problem[], ReadonlyMap<string, Problem>>();

/** The problem at the head of the causes of one. */
export function rootOf(problem: Problem, problems: readonly Problem[]): Problem {
  let byId = byIds.get(problems);
  if (!byId) byIds.set(problems, (byId = new Map(problems.map((each) => [each.id, each]))));
  const seen = new Set<string>();
  let at = problem;
  while (at.cause !== null && !seen.has(at.id)) {
    seen.add(at.id);
    const above = byId.get(at.cause);
    if (!above) break;
    at = above;
  }
  return at;
}

/** Problems that a root explains, at whatever depth. */
export const explainedBy = (root: Problem, problems: readonly Problem[]): readonly Problem[] =>
  problems.filter((problem) => problem.id !== root.id && rootOf(problem, problems).id === root.id);

/** Things of which nothing is known because of a problem: what is on a silent host, pods of a silent node. */
export function goneUnknown({ subject, rule }: Problem, look: Look): readonly Ref[] {
  const [first = '', second = ''] = refPath(subject);
  const kind = refKind(subject);
  if (kind === 'host') {
    const host = findHost(look.model.inventory, first);
    return host && host.source.state !== 'up' ? allZonesOf(host).map(({ ref }) => ref) : [];
  }
  return kind === 'node' && rule === 'node.notready'
    ? podsOnNode(look.model.inventory, first, second)
    : [];
}

type Branch = {
  readonly sign: Sign;
  readonly tone: ToneName;
  readonly name: string;
  readonly what: readonly Run[];
  /** Names of several things that share the branch; they flow over as many lines as they may. */
  readonly names?: readonly string[];
  readonly at: string;
  readonly ref?: Ref;
  readonly children: readonly Branch[];
};

/** Pods and zones beyond this many of one kind are named in one line. */
const SHOWN_ALONE = 4;
const NAME_WIDTH = 26;
const NAME_SHARE = 0.42;
/** From this width on it is told since when. */
const TIME_FROM = 64;
/** Cells of `├─ `. */
const BRANCH_WIDTH = 3;

type Drawing = {
  readonly width: number;
  /** Cells of the names with the branches before them. */
  readonly names: number;
  readonly mostNames: number;
  readonly most: number;
};

/** The tree as it fits into a place that does not scroll. */
export type FittedTree = {
  readonly lines: readonly TextLine[];
  /** Things that there is no line for. */
  readonly hidden: number;
};

/**
 * The root and what it explains, a line each, in so many lines: what stands higher in the tree before what comes from it,
 * and a last line that says how many things more there are.
 */
export function fittedTree(root: Problem, look: Look, width: number, room: number): FittedTree {
  const whole = problemBranch(root, look, groupFacts(look), createGraph(look.model.inventory));
  const levels: Branch[][] = [];
  const sort = (branch: Branch, depth: number): void => {
    (levels[depth] ??= []).push(branch);
    for (const child of branch.children) sort(child, depth + 1);
  };
  sort(whole, 0);
  const all = levels.flat();
  const isWhole = all.length <= room;
  const shown = new Set(isWhole ? all : all.slice(0, Math.max(1, room - 1)));
  const hidden = all.reduce(
    (sum, branch) => sum + (shown.has(branch) ? 0 : (branch.names?.length ?? 1)),
    0,
  );
  const prune = (branch: Branch): Branch => ({
    ...branch,
    children: branch.children.filter((child) => shown.has(child)).map(prune),
  });
  const lines = treeLines(prune(whole), width, 1, 1);
  return {
    lines: hidden === 0 || room < 2 ? lines : [...lines, { runs: [muted(`   … ${hidden} more`)] }],
    hidden,
  };
}

/**
 * The root and everything it explains, drawn as a tree.
 *
 * @param mostNames lines that the names of several things may take
 * @param most lines that what is said of one thing may take
 */
export const causeTreeLines = (
  root: Problem,
  look: Look,
  width: number,
  mostNames = 1,
  most = 1,
): readonly TextLine[] =>
  treeLines(
    problemBranch(root, look, groupFacts(look), createGraph(look.model.inventory)),
    width,
    mostNames,
    most,
  );

function treeLines(
  branch: Branch,
  width: number,
  mostNames: number,
  most: number,
): readonly TextLine[] {
  const share = Math.floor(width * NAME_SHARE);
  const names = Math.min(NAME_WIDTH, share, namesWidth(branch, 0));
  return drawBranch(branch, '', '', { width, names, mostNames, most });
}

/** Cells that names take with the branches before them. */
const namesWidth = ({ name, children }: Branch, before: number): number =>
  Math.max(
    before + textWidth(name),
    ...children.map((child) => namesWidth(child, before + BRANCH_WIDTH)),
  );

function problemBranch(
  problem: Problem,
  look: Look,
  groups: readonly GroupState[],
  graph: ReturnType<typeof createGraph>,
): Branch {
  const children = look.model.problems.filter(({ cause }) => cause === problem.id);
  const gone = goneUnknown(problem, look);
  const owned = new Set(children.map(({ subject }) => subject));
  const silent = gone.filter((ref) => !owned.has(ref));
  const isSilent = new Set(silent);
  /** A problem stands beneath the silent thing that it runs on. */
  const carrier = (child: Problem): Ref | undefined =>
    graph.needs(child.subject).find(({ to, strength }) => strength === 'hard' && isSilent.has(to))
      ?.to;
  const carried = Map.groupBy(children, (child) => carrier(child) ?? '');
  const inner = (child: Problem): Branch => problemBranch(child, look, groups, graph);
  const alone: Branch[] = [];
  const together: Ref[] = [];
  const strain = (ref: Ref): number =>
    groups.some(({ members, sign }) => sign !== 'ok' && members.some((each) => each.ref === ref))
      ? 0
      : 1;
  for (const ref of silent.toSorted((a, b) => strain(a) - strain(b))) {
    const own = (carried.get(ref) ?? []).map(inner);
    const member = groups.filter(({ members }) => members.some((each) => each.ref === ref));
    if (own.length === 0 && member.length === 0) together.push(ref);
    else
      alone.push({
        sign: signOf(look, ref),
        tone: 'plain',
        name: `${kindWord(refKind(ref))} ${refName(ref)}`,
        what: [
          run(own.length > 0 && member.length === 0 ? 'unknown' : ''),
          ...member.flatMap((group, index) => [
            run(index === 0 ? '' : '  '),
            signRun(group.sign),
            run(` ${group.name} `, 'plain'),
            muted(groupText(group)),
          ]),
        ],
        at: '',
        ref,
        children: own,
      });
  }
  const groupsByKind = [...Map.groupBy(together, (ref) => refKind(ref))];
  const folded = groupsByKind.flatMap(([kind, refs]) => foldKind(kind, refs, look));
  return {
    sign:
      problem.severity === 'critical' ? 'down' : problem.severity === 'warning' ? 'warning' : 'off',
    tone:
      problem.severity === 'critical' ? 'bad' : problem.severity === 'warning' ? 'warn' : 'info',
    name: refText(problem.subject),
    what: [
      run(problem.title),
      ...(problem.confirmed ? [] : [run('  not confirmed now', 'unknown')]),
    ],
    at: sinceText(problem.since, look.model.now),
    ref: problem.subject,
    children: [...(carried.get('') ?? []).map(inner), ...alone, ...folded],
  };
}

function foldKind(kind: RefKind, refs: readonly Ref[], look: Look): readonly Branch[] {
  if (refs.length <= SHOWN_ALONE)
    return refs.map((ref) => ({
      sign: signOf(look, ref),
      tone: 'plain' as const,
      name: `${kindWord(kind)} ${refName(ref)}`,
      what: [muted('unknown')],
      at: '',
      ref,
      children: [],
    }));
  return [
    {
      sign: 'unknown',
      tone: 'plain',
      name: plural(refs.length, kindWord(kind)),
      what: [],
      names: kind === 'pod' ? namespacesOf(refs) : refs.map(refName),
      at: '',
      children: [],
    },
  ];
}

/** Pods by their namespaces: their own names say little and are long. */
const namespacesOf = (pods: readonly Ref[]): readonly string[] =>
  [...Map.groupBy(pods, (ref) => refPath(ref)[1] ?? '')].map(
    ([namespace, own]) => `${namespace} ${own.length}`,
  );

function drawBranch(
  branch: Branch,
  lead: string,
  own: string,
  drawing: Drawing,
): readonly TextLine[] {
  const { width, names, most, mostNames } = drawing;
  const nameWidth = Math.max(6, names - own.length);
  const timeWidth = width >= TIME_FROM && branch.at !== '' ? 9 : 0;
  const whatWidth = Math.max(0, width - 1 - own.length - 2 - nameWidth - 1 - timeWidth - 1);
  const [first = [], ...rest] =
    branch.names === undefined
      ? wrapRuns(branch.what, Math.max(1, whatWidth), most)
      : flowNames(branch.names, whatWidth, mostNames).map((text) => [muted(text)]);
  const line: TextLine = {
    runs: [
      run(` ${own}`, 'frame'),
      signRun(branch.sign),
      run(
        ` ${cell(shortPath(branch.name, nameWidth), nameWidth)} `,
        branch.tone === 'plain' ? 'plain' : 'title',
      ),
      ...fitRuns(first, whatWidth),
      muted(timeWidth === 0 ? '' : cell(branch.at, timeWidth, 'right')),
    ],
    ...(branch.ref === undefined ? {} : { ref: branch.ref }),
  };
  return [
    line,
    ...rest.map((runs): TextLine => ({
      runs: [
        run(` ${lead}${branch.children.length > 0 ? '│' : ' '}`, 'frame'),
        muted(' '.repeat(Math.max(0, own.length - lead.length) + nameWidth + 2)),
        ...clip(runs, whatWidth + timeWidth),
      ],
    })),
    ...branch.children.flatMap((child, index) => {
      const isLast = index === branch.children.length - 1;
      return drawBranch(
        child,
        `${lead}${isLast ? '   ' : '│  '}`,
        `${lead}${isLast ? '└─ ' : '├─ '}`,
        drawing,
      );
    }),
  ];
}

/** Names over several lines; what does not fit is counted. */
function flowNames(names: readonly string[], width: number, most: number): readonly string[] {
  const lines: string[] = [''];
  for (const [index, name] of names.entries()) {
    const present = lines.at(-1) ?? '';
    const next = present === '' ? name : `${present} ${name}`;
    const isLast = lines.length === most;
    const tail = ` +${names.length - index}`;
    if (textWidth(next) + (isLast && index < names.length - 1 ? tail.length : 0) <= width)
      lines[lines.length - 1] = next;
    else if (isLast) {
      if (present !== '') lines[lines.length - 1] = `${present}${tail}`;
      break;
    } else lines.push(name);
  }
  return lines;
}
