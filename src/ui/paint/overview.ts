import { plural } from '../../domain/format.ts';
import type { GroupState } from '../../domain/groups.ts';
import { findZone } from '../../domain/joined.ts';
import { ownPathOf } from '../../domain/own-path.ts';
import type { OwnPath } from '../../domain/own-path.ts';
import type { Ref } from '../../domain/ref.ts';
import { hiddenWords } from '../../domain/table-words.ts';
import type { BoundRow, BoundView, Sign } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { inside, paneWidths } from '../layout.ts';
import type { Box, Rect, Wants } from '../layout.ts';
import { overviewView } from '../model.ts';
import type { Model } from '../model.ts';
import { atPresent } from '../rows.ts';
import { follow as followRow } from '../session.ts';
import type { Cursor, PaneId } from '../session.ts';
import { rowIndex, rowOf, signCounts } from '../table/row-list.ts';
import type { RowList } from '../table/row-list.ts';
import { OWN_SIGN, SIGN_RANK, SIGN_TONES, SIGNS } from '../tones.ts';
import { cell, frameRightFirst, line, runsWidth, wipe, spaced } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { clusterLines, clusterRuns } from './cluster.ts';
import { hostFacts, hostSummary } from './host-facts.ts';
import { muted, paintLines, run, settleLines } from './lines.ts';
import type { TextLine } from './lines.ts';
import { groupFacts, isFaulty, signRun } from './look.ts';
import type { Look } from './look.ts';
import { problemListWants } from './problems.ts';
import { paintTable } from './table.ts';

/** From how many lines on a pane has a table with a header; a narrow one needs more to be worth it. */
const TABLE_LINES = 6;
const NARROW = { width: 50, lines: 9 } as const;
/** From this height on the screen has room for tables; below it panes want to be summaries. */
const TABLES_FROM_ROWS = 30;

/** Lines of facts and of the cluster that are worth asking for. */
const MOST_FACTS = 24;
const MOST_CLUSTER = 40;

const ORDER: readonly Sign[] = ['down', 'warning', 'degraded', 'changing', 'unknown', 'ok', 'off'];
const WORDS: Readonly<Record<Sign, string>> = {
  ok: 'running',
  warning: 'warning',
  degraded: 'degraded',
  down: 'down',
  unknown: 'unknown',
  off: 'off',
  changing: 'changing',
};

/** How many rows there are of each state. */
const signRuns = (rows: RowList): readonly Run[] => {
  const counts = signCounts(rows);
  return ORDER.flatMap((sign): readonly Run[] => {
    const amount = counts.get(sign) ?? 0;
    return amount === 0
      ? []
      : [
          signRun(sign),
          run(` ${amount} ${WORDS[sign]}  `, sign === 'ok' || sign === 'off' ? 'muted' : 'plain'),
        ];
  });
};

/**
 * What stands at the right of a pane's title, how many are well; the shortest wording is the last.
 *
 * @param total of how many; null when it is said beside it how many of them are shown
 */
export function paneSummaries(
  pane: PaneId,
  rows: RowList,
  model: Model,
  total: number | null = rows.length,
): readonly (readonly Run[])[] {
  const counts = signCounts(rows);
  const of = (sign: Sign): number => counts.get(sign) ?? 0;
  const ofTotal = total === null ? '' : `/${total}`;
  switch (pane) {
    case 'hosts': {
      const up = rows.length - of('down') - of('unknown') - of('changing');
      return [[run(`${up}${ofTotal} up`, of('down') + of('unknown') > 0 ? 'bad' : 'muted')]];
    }
    case 'zones':
    case 'vms': {
      const running = [muted(`${of('ok')}${ofTotal} running`)];
      const faults = [
        of('down') > 0 ? [run(`${of('down')} down`, 'bad')] : [],
        of('unknown') > 0 ? [run(`${of('unknown')} unknown`, 'unknown')] : [],
      ];
      return [spaced([...faults, running]), running];
    }
    case 'vlans': {
      const count = total === null ? [] : [muted(String(total))];
      const silent = model.inventory.hosts.filter(({ source }) => source.state !== 'up');
      const names = silent.map(({ name }) => name).join(' ');
      return silent.length === 0
        ? [count]
        : [spaced([[run(`not seen on ${names}`, 'unknown')], count]), count];
    }
    case 'cluster': {
      const { clusters } = model.inventory;
      if (clusters.length === 0)
        return model.phase === 'starting' ? [] : [[muted('none configured')]];
      const told = clusters.map((each) => clusterRuns(each, rows));
      if (clusters.length === 1) return told;
      const named = clusters.map(({ name }, index) => [muted(`${name} `), ...(told[index] ?? [])]);
      return [spaced(named), spaced(told)];
    }
  }
}

/** What stands at the right of the title of a pane's table: of its first one as on the overview, else what is not well. */
export function tabSummary(
  pane: PaneId,
  view: BoundView,
  rows: RowList,
  model: Model,
  total: number | null,
): readonly Run[] {
  if (pane !== 'cluster' && view.id === model.views[pane][0]?.id)
    return paneSummaries(pane, rows, model, total)[0] ?? [];
  const counts = signCounts(rows);
  const [hidden, ...others] = hiddenWords(model.inventory.clusters, view.feeds);
  const silent = model.inventory.clusters.filter(({ source }) => source.state !== 'up');
  return spaced([
    ...(pane === 'cluster' ? silent.map(({ source }) => [run(`api ${source.state}`, 'bad')]) : []),
    hidden === undefined
      ? []
      : [
          run(
            `without ${hidden}${others.length === 0 ? '' : ` and ${others.length} more`}`,
            'warn',
          ),
        ],
    ...ORDER.map((sign): readonly Run[] => {
      const amount = isFaulty(sign) ? (counts.get(sign) ?? 0) : 0;
      return amount === 0 ? [] : [signRun(sign), run(` ${amount}`)];
    }),
    total === null ? [] : [muted(String(total))],
  ]);
}

/** What the panes of the overview, the list of problems and the ledger would like to have. */
export function wantsOf(look: Look, cols: number, rows: number): Wants {
  const { model } = look;
  const isTables = rows >= TABLES_FROM_ROWS;
  const widths = paneWidths(cols, rows);
  const count = (id: string): number => Math.max(1, look.rows(id).length);
  const faulty = (id: string): number =>
    [...signCounts(look.rows(id))].reduce(
      (sum, [sign, amount]) => sum + (isFaulty(sign) ? amount : 0),
      0,
    );
  const groups = groupLines(look, widths.zones).length;
  const summary = (id: string, most: number): number => 1 + Math.min(most, faulty(id)) + 1;
  return {
    panes: isTables
      ? {
          hosts: count('hosts') + 2 + hostFacts(look, widths.hosts, MOST_FACTS).length,
          zones: count('zones') + 1 + groups,
          vms: count('vms') + 1,
          vlans: count('vlans') + 1,
          cluster: clusterLines(look, widths.cluster, MOST_CLUSTER).length,
        }
      : {
          hosts: count('hosts') + 1,
          zones: summary('zones', 4) + Math.min(2, groups),
          vms: summary('vms', 1),
          vlans: 2,
          cluster: Math.min(3, clusterLines(look, widths.cluster, 3).length),
        },
    problemList: problemListWants(model),
    ledger: model.runs.length,
  };
}

/** Whether an area is better filled with a table than with a summary. */
const isTableArea = ({ width, height }: Rect): boolean =>
  height >= (width < NARROW.width ? NARROW.lines : TABLE_LINES);

/** Everything that can change what a pane of the overview shows, but for the time. */
export function paneInputs(
  pane: PaneId,
  look: Look,
  focused: boolean,
  rect: Rect,
): readonly unknown[] {
  const { inventory, phase, samples, session, views } = look.model;
  const { hosts, clusters, groups } = inventory;
  const cursor = focused ? session.cursors[`${pane}.0`] : undefined;
  const shared = [focused, cursor?.ref, cursor?.top, phase, views, clusters.length === 0];
  const rows = look.rows(overviewView(views, pane)?.id ?? '');
  switch (pane) {
    case 'hosts':
      return [...shared, rows, samples, hosts];
    case 'zones':
    case 'vms':
    case 'vlans':
      return [...shared, rows, samples, hosts, groups];
    case 'cluster': {
      const { width, height } = inside(rect);
      return [...shared, rows, clusters, clusterLines(look, width, height)];
    }
  }
}

/** Paints one pane of the overview. */
export function paintOverviewPane(
  canvas: Canvas,
  box: Box,
  pane: PaneId,
  look: Look,
  focused: boolean,
): void {
  const { model } = look;
  const view = overviewView(model.views, pane);
  if (!view) return;
  const rows = look.rows(view.id);
  frameRightFirst(canvas, box.rect, textWidth(box.title), paneSummaries(pane, rows, model));
  const area = inside(box.rect);
  if (area.width <= 0 || area.height <= 0) return;
  wipe(canvas, area);
  const cursor = focused ? model.session.cursors[`${pane}.0`] : undefined;
  const selected = cursor?.ref ?? null;
  if (pane === 'cluster') {
    const lines = clusterLines(look, area.width, area.height);
    paintLines(canvas, area, follow(lines, selected, area.height), 0, selected);
    return;
  }
  if (rows.length > 0 && !isTableArea(area) && selected === null) {
    if (pane === 'vlans')
      paintChips(canvas, area, rows, view, ownPathOf(look.model.inventory).parts);
    else paintLines(canvas, area, summaryLines(pane, rows, view, look, area), 0, null);
    return;
  }
  paintRows(canvas, area, look, view, rows, pane, { ref: selected, top: cursor?.top ?? 0 });
}

/** Lines from which on the selected one is visible. */
function follow(
  lines: readonly TextLine[],
  selected: Ref | null,
  height: number,
): readonly TextLine[] {
  const at = selected === null ? -1 : lines.findIndex(({ ref }) => ref === selected);
  return at < height ? lines : lines.slice(at - height + 1);
}

/** A pane in a few lines: how many of each state, redundancy, the faults one by one, the names of the rest. */
function summaryLines(
  pane: PaneId,
  rows: RowList,
  view: BoundView,
  look: Look,
  area: Rect,
): readonly TextLine[] {
  if (pane === 'hosts') return hostSummary(look, rows, area.width, area.height);
  const head: readonly TextLine[] = [
    { runs: [run(' '), ...signRuns(rows)] },
    ...(pane === 'zones' ? groupLines(look, area.width).slice(0, 2) : []),
  ].slice(0, Math.max(1, area.height - 1));
  const own = ownLine(look, rows);
  const isOwnShown = own !== null && area.height - head.length > 2;
  const room = area.height - head.length - Number(isOwnShown);
  const faults = rows.slice(0, room + 1).filter(({ sign }) => isFaulty(sign));
  const shown = faults.slice(
    0,
    faults.length > room || faults.length < rows.length ? room - 1 : room,
  );
  return [
    ...head,
    ...shown.map((row): TextLine => faultLine(row, view, look.model, area.width)),
    ...(isOwnShown ? [own] : []),
    ...(rows.length > shown.length
      ? restLines(rows, shown.length, area.width, shown.length > 0, room - shown.length)
      : []),
  ].slice(0, area.height);
}

/** Where the user's own session comes from, when that is one of these rows and well: `@ jump on omni1 vlan 45 (you)`. */
function ownLine({ model: { inventory } }: Look, rows: RowList): TextLine | null {
  const [ref] = ownPathOf(inventory).ways.find(({ isWhole }) => isWhole)?.steps ?? [];
  const row = ref === undefined ? undefined : rowOf(rows, ref);
  const zone = row?.sign === 'ok' ? findZone(inventory, row.ref) : undefined;
  if (!row || !zone) return null;
  const vlans = zone.vlans.length === 0 ? '' : `  vlan ${zone.vlans.join(',')}`;
  return {
    runs: [
      run(` ${OWN_SIGN}`, 'accent'),
      run(` ${zone.name}  on ${zone.host}${vlans}`),
      muted('  (you)'),
    ],
    ref: row.ref,
  };
}

/** A faulty thing in one line: its name, its host and what is said of its state. */
function faultLine(bound: BoundRow, view: BoundView, model: Model, width: number): TextLine {
  const row = atPresent(bound, model.now);
  const text = (id: string): string => {
    const index = view.columns.findIndex((column) => column.id === id);
    return index < 0 ? '' : row.text(index);
  };
  const age = text('age');
  const body = `${cell(row.text(0), 14)} ${cell(text('host'), 7)} ${text('state')}`;
  const room = Math.max(0, width - 5 - textWidth(age));
  return {
    runs: [run(' '), signRun(row.sign), run(` ${cell(body, room)} `), muted(`${age} `)],
    ref: row.ref,
  };
}

/** Rows before this many are looked at; of a list that is scrolled further it is only said how many are left. */
const MOST_BEFORE = 500;

/** How many rows from one on have each sign, the worst first. */
function restCounts(rows: RowList, from: number): readonly (readonly [Sign, number])[] {
  if (from > MOST_BEFORE) return [[rows.at(from)?.sign ?? 'ok', rows.length - from]];
  const before = signCounts(rows.slice(0, from));
  const all = signCounts(rows);
  return ORDER.flatMap((sign) => {
    const count = (all.get(sign) ?? 0) - (before.get(sign) ?? 0);
    return count > 0 ? [[sign, count] as const] : [];
  });
}

/** The rest of a list from a row on: how many, and as many names as fit into some lines. */
function restLines(
  rows: RowList,
  from: number,
  width: number,
  counted: boolean,
  most: number,
): readonly TextLine[] {
  const signs = restCounts(rows, from);
  // What is not well is not counted as more of what is.
  const lead: readonly Run[] = counted
    ? [...signs.flatMap(([sign, count]) => [signRun(sign), muted(` ${count} `)]), muted('more  ')]
    : [signRun(signs[0]?.[0] ?? 'ok'), muted(' ')];
  const lines: string[] = [' '.repeat(runsWidth(lead))];
  let index = from;
  for (; index < rows.length; index += 1) {
    const name = rows.at(index)?.text(0) ?? '';
    const present = lines.at(-1) ?? '';
    const gap = present.endsWith(' ') || present === '' ? '' : ' ';
    if (3 + textWidth(present) + textWidth(name) + gap.length <= width)
      lines[lines.length - 1] = `${present}${gap}${name}`;
    else if (lines.length < most) lines.push(`  ${name}`);
    else break;
  }
  const isCut = index < rows.length && index > from;
  return lines.map((text, row): TextLine => ({
    runs: [
      run(' '),
      ...(row === 0 ? lead : []),
      muted(
        `${row === 0 ? text.slice(runsWidth(lead)) : text}${isCut && row === lines.length - 1 ? ' …' : ''}`,
      ),
    ],
  }));
}

/** The redundancy groups in a flow, those that have no loss left first: their members as signs. */
export function groupLines(look: Look, width: number): readonly TextLine[] {
  const facts = groupFacts(look);
  return look.keep(`groups ${width}`, [facts], () => makeGroupLines(facts, width), settleLines);
}

function makeGroupLines(facts: readonly GroupState[], width: number): readonly TextLine[] {
  const groups = facts.toSorted((a, b) => SIGN_RANK[a.sign] - SIGN_RANK[b.sign]);
  const parts = groups.map((group): readonly Run[] => [
    run(group.name, group.sign === 'ok' ? 'muted' : 'plain'),
    run(' '),
    ...group.members.map(({ sign }) => signRun(sign)),
    ...(group.sign === 'ok'
      ? []
      : [run(` ${group.up}/${group.members.length}`, SIGN_TONES[group.sign])]),
  ]);
  const lines: Run[][] = [];
  let used = width;
  for (const part of parts) {
    const needed = runsWidth(part);
    if (used + 2 + needed > width) {
      lines.push([run(' '), ...part]);
      used = 1 + needed;
    } else {
      lines.at(-1)?.push(run('  '), ...part);
      used += 2 + needed;
    }
  }
  return lines.map((runs) => ({ runs }));
}

/** A table that folds the healthy rest into its last line before a faulty row is cut; facts fill what is left. */
function paintRows(
  canvas: Canvas,
  area: Rect,
  look: Look,
  view: BoundView,
  rows: RowList,
  pane: PaneId,
  { ref: selected, top: wanted }: Cursor,
): void {
  const { model } = look;
  const header = area.height >= TABLE_LINES;
  const lead = header ? 1 : 0;
  const facts = factLines(pane, look, area, rows.length + lead);
  const room = area.height - facts.length - lead;
  const folded = rows.length > room;
  const at = selected === null ? -1 : rowIndex(rows, selected);
  const shown = folded ? Math.max(1, room - 1) : Math.max(1, rows.length);
  const top = at < 0 ? 0 : followRow(wanted, at, rows.length, shown);
  paintTable(canvas, { ...area, height: Math.min(area.height, shown + lead) }, model, view, rows, {
    selected,
    top,
    header,
    focused: selected !== null,
    empty: emptyText(model, pane),
  });
  const below = [
    ...(folded && room > 1 ? restLines(rows, top + shown, area.width, true, 1) : []),
    ...facts,
  ];
  const y = area.y + shown + lead;
  paintLines(canvas, { ...area, y, height: area.y + area.height - y }, below, 0, null);
}

/** Facts beneath a table, as far as its rows leave room for them. */
function factLines(pane: PaneId, look: Look, area: Rect, tableLines: number): readonly TextLine[] {
  const spare = area.height - tableLines;
  if (pane === 'hosts') {
    const facts = spare < 1 ? [] : hostFacts(look, area.width, spare);
    return facts.length > 0 && facts.length < spare ? [{ runs: [] }, ...facts] : facts;
  }
  if (pane !== 'zones' || area.height < 10) return [];
  // Redundancy is worth a few healthy rows.
  const most = spare > 0 ? area.height : Math.floor(area.height / 4);
  return groupLines(look, area.width).slice(0, most);
}

function emptyText({ inventory, phase }: Model, pane: PaneId): string {
  if (phase === 'starting') return 'starting';
  if (phase === 'failed') return 'not connected';
  if (inventory.hosts.length === 0) return 'no hosts configured';
  const waiting = inventory.hosts.filter(({ feeds }) => feeds.zones.status === 'pending').length;
  return waiting > 0 ? `waiting for ${plural(waiting, 'host')}` : `no ${pane}`;
}

/** Signs and names in a flow, faults first. */
function paintChips(
  canvas: Canvas,
  area: Rect,
  rows: RowList,
  view: BoundView,
  own: OwnPath['parts'],
): void {
  const name = view.columns.findIndex(({ id }) => id === 'name');
  const all = rows.slice();
  const chips = all.map((row): readonly Run[] => [
    own.has(row.ref) && row.sign === 'ok' ? run(OWN_SIGN, 'accent') : signRun(row.sign, row.stale),
    {
      text: ` ${`${row.text(0)} ${name < 0 ? '' : row.text(name)}`.trim()}  `,
      tone: row.sign === 'ok' ? 'plain' : SIGN_TONES[row.sign] === 'bad' ? 'bad' : 'plain',
      change: row.stale ? { dim: true } : {},
      spot: { kind: 'thing', ref: row.ref },
    },
  ]);
  const lines: Run[][] = [[]];
  let used = 1;
  for (const [index, chip] of chips.entries()) {
    const width = runsWidth(chip);
    const isLast = lines.length >= area.height;
    const more = `${SIGNS.ok} ${chips.length - index} more`;
    const needed = width + (isLast && index < chips.length - 1 ? more.length + 1 : 0);
    if (used + needed > area.width) {
      if (isLast) {
        lines.at(-1)?.push(...restOf(all.slice(index)));
        break;
      }
      lines.push([]);
      used = 1;
    }
    lines.at(-1)?.push(...chip);
    used += width;
  }
  for (const [index, runs] of lines.entries())
    line(canvas, area.x, area.y + index, area.x + area.width, [run(' '), ...runs]);
}

const restOf = (rows: readonly BoundRow[]): readonly Run[] => [
  signRun(rows.find(({ sign }) => isFaulty(sign))?.sign ?? 'ok'),
  muted(` ${rows.length} more`),
];
