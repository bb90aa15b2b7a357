import type { HostCommand } from '../domain/command.ts';
import { age, plural } from '../domain/format.ts';
import type { Inventory } from '../domain/inventory.ts';
import { checkRef } from '../domain/ref.ts';
import type { SourceRef } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { DetailBlock, DetailLine, Sign, Tone, View } from '../domain/view.ts';
import type { ClusterWatch } from '../domain/watch.ts';
import { examine } from './doctor-report.ts';
import type { ActionReport, QuestionReport, SourceReport } from './doctor-report.ts';

/** What `labtop doctor` tells in a paragraph: a source, one of its questions, or what may be done there. */
type CheckRow = {
  readonly ref: SourceRef;
  readonly source: SourceReport;
  readonly at: EpochMs | null;
  readonly stale: boolean;
  readonly check: string;
  readonly state: string;
  readonly sign: Sign;
  readonly text: string;
  readonly detail: readonly DetailBlock[];
};

type Place = Pick<CheckRow, 'source' | 'at' | 'stale'>;

/**
 * The checks of `labtop doctor` on what is watched at present: a row for each source, and one for each question that is
 * not answered as a whole and each right to act, with what it hides and the lines that grant it.
 */
export const doctorView = (
  commands: readonly HostCommand[],
  watches: readonly ClusterWatch[],
): View<CheckRow> => ({
  id: 'doctor',
  title: 'Doctor',
  rows: (inventory) => rows(inventory, commands, watches),
  parts: ({ hosts, clusters }) => [hosts, clusters],
  key: ({ ref }) => ref,
  sign: ({ sign }) => sign,
  at: ({ at }) => at,
  stale: ({ stale }) => stale,
  columns: [
    { id: 'source', title: 'SOURCE', width: 10, priority: 1, text: ({ source }) => source.name },
    { id: 'check', title: 'CHECK', width: 20, priority: 0, text: ({ check }) => check },
    {
      id: 'state',
      title: 'STATE',
      width: 10,
      priority: 0,
      text: ({ state }) => state,
      tone: ({ sign }) => TONES[sign] ?? 'plain',
    },
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 3,
      text: ({ at }, now) => age(at, now),
      value: ({ at }) => at,
      unit: 'since',
      tone: () => 'muted',
    },
    { id: 'text', title: 'WHAT IT MEANS', width: 'grow', priority: 2, text: ({ text }) => text },
  ],
  detail: ({ detail }) => detail,
});

const TONES: Readonly<Partial<Record<Sign, Tone>>> = {
  ok: 'ok',
  warning: 'warn',
  down: 'bad',
  unknown: 'unknown',
  off: 'muted',
};

function rows(
  inventory: Inventory,
  commands: readonly HostCommand[],
  watches: readonly ClusterWatch[],
): readonly CheckRow[] {
  const { hosts, clusters } = examine(inventory, commands, watches);
  const sources = [...inventory.hosts, ...inventory.clusters];
  return [...hosts, ...clusters].flatMap((report, index) => {
    const status = sources[index]?.source;
    const place = {
      source: report,
      at: status?.lastDataAt ?? null,
      stale: status?.state !== 'up',
    };
    return [
      sourceRow(place),
      ...report.questions
        .filter(({ state }) => state !== 'none')
        .map((question) => questionRow(place, question)),
      ...report.actions.map((action) => actionRow(place, action)),
    ];
  });
}

function sourceRow(place: Place): CheckRow {
  const { source } = place;
  const { name, state, user, release, error, hint, asked, answered, grants } = source;
  const who = [release, user && `as ${user}`].filter(Boolean).join(' ');
  const isUp = state === 'up';
  return {
    ...place,
    ref: checkRef(name),
    check: source.kind === 'ssh' ? 'host' : 'cluster',
    state: isUp ? 'ok' : state,
    sign: isUp ? 'ok' : source.isReachable ? 'warning' : 'down',
    text: isUp ? `${answered} of ${asked} questions answered, ${who}` : (error ?? ''),
    detail: [
      block('Source', [
        line('connection', state, isUp ? 'ok' : 'bad'),
        ...optional('error', isUp ? null : error),
        ...optional('do', isUp ? null : hint),
        ...optional('release', release),
        ...optional('user', user),
        line('questions', `${answered} of ${asked} answered`),
      ]),
      ...grantBlock(source, grants),
    ],
  };
}

const QUESTION_SIGNS: Readonly<Record<QuestionReport['state'], Sign>> = {
  ok: 'warning',
  partial: 'warning',
  denied: 'warning',
  missing: 'warning',
  failed: 'down',
  'no-answer': 'unknown',
  none: 'off',
};
/** Lines that were not understood, of those that are shown. */
const SHOWN = 20;

function questionRow(place: Place, report: QuestionReport): CheckRow {
  const { question, state, reason, hides, grant, complaints } = report;
  const unread = plural(complaints.length, 'line');
  return {
    ...place,
    ref: checkRef(place.source.name, question),
    check: question,
    state: complaints.length > 0 ? 'unread' : state,
    sign: QUESTION_SIGNS[state],
    text: complaints.length > 0 ? `${unread} not understood` : `hides ${hides ?? question}`,
    detail: [
      block('Question', [
        line('state', state, TONES[QUESTION_SIGNS[state]]),
        ...optional('reason', reason),
        ...optional('hides', hides),
      ]),
      ...grantBlock(place.source, grant === null ? [] : place.source.grants),
      ...(complaints.length === 0
        ? []
        : [
            block(
              `Not understood: ${unread}`,
              complaints
                .slice(0, SHOWN)
                .map((each) => line(`line ${each.line}`, `${each.reason}: ${each.text}`)),
            ),
          ]),
    ],
  };
}

const ACTION_SIGNS: Readonly<Record<ActionReport['state'], Sign>> = {
  ok: 'ok',
  partial: 'ok',
  // Nothing of it is needed to watch.
  denied: 'off',
  unknown: 'unknown',
};

function actionRow(place: Place, { action, state, reason, grants }: ActionReport): CheckRow {
  return {
    ...place,
    ref: checkRef(place.source.name, action),
    check: 'may',
    state,
    sign: ACTION_SIGNS[state],
    text: action,
    detail: [
      block('May', [
        line('do', action),
        line('state', state, TONES[ACTION_SIGNS[state]]),
        ...optional('reason', reason),
      ]),
      ...grantBlock(place.source, grants),
    ],
  };
}

const block = (title: string, lines: readonly DetailLine[]): DetailBlock => ({ title, lines });
const line = (label: string, text: string, tone: Tone = 'plain'): DetailLine => ({
  label,
  text,
  tone,
});
const optional = (label: string, text: string | null): readonly DetailLine[] =>
  text === null ? [] : [line(label, text)];

/** All lines that are needed, in their order: some stand for several questions. */
const grantBlock = (
  { name, kind }: SourceReport,
  grants: readonly string[],
): readonly DetailBlock[] =>
  grants.length === 0
    ? []
    : [
        block(
          kind === 'ssh' ? `What root runs on ${name}` : `What an administrator of ${name} runs`,
          [
            ...grants.map((grant, index) => line(String(index + 1), grant)),
            line('whole', 'labtop doctor prints each on one line'),
          ],
        ),
      ];
