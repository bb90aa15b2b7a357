import type { Plan } from '../../domain/action.ts';
import { clock, duration } from '../../domain/format.ts';
import { refPhrase } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { EpochMs } from '../../domain/time.ts';
import { textWidth, truncate } from '../../term/width.ts';
import { CONFIRM_KEY } from '../keymap.ts';
import type { Rect } from '../layout.ts';
import type { Model } from '../model.ts';
import { menuContent } from '../palette/menu.ts';
import { paletteContent, paletteWidth } from '../palette/palette.ts';
import { askedOf } from '../questions.ts';
import { COUNTDOWN_SECONDS, HIGHEST_GUARD } from '../session.ts';
import type { Dialog, DryRun } from '../session.ts';
import { CONFIRM_DEAF_MS } from './deaf.ts';
import { helpLines, keyName } from './help-lines.ts';
import { labelled } from './labelled.ts';
import { ownPathContent } from './own-path-content.ts';
import { blockedContent, questionContent } from './question-content.ts';

export type DialogRun = { readonly text: string; readonly tone: ToneName };
/** The content of a dialog, before it is placed. */
export type DialogContent = {
  readonly title: string;
  readonly right: string;
  readonly lines: readonly (readonly DialogRun[])[];
  /** Of a list: the entry that a line is; null for other lines. */
  readonly entries?: readonly (number | null)[];
  readonly footer: string;
  readonly wanted: number;
  /** Last lines that stay in sight while the others scroll: the question. */
  readonly pinned?: number;
};

type Lines = readonly (readonly DialogRun[])[];

/** Commands that are shown of a series. */
const MOST_MORE = 6;

type Question = Extract<Dialog, { kind: 'confirm' }>;

/** Room beside the command for what a dry run has found, also before it has, so that no line moves then. */
const FOUND_WIDTH = 'dry run: ok'.length + 2;
/** In a narrower dialog it stands beneath the command. */
const BESIDE_FROM = 50;
/** What was found longer ago says nothing of now. */
const FOUND_MS = 60_000;

/** The command, with what a dry run has found. */
function runsLines({ plan, dryRun }: Question, now: EpochMs, width: number): Lines {
  const isBeside = width >= BESIDE_FROM;
  const room = isBeside ? width - FOUND_WIDTH : width;
  const lines = labelled('runs', plan.argv.join(' '), room, 'accent');
  if (dryRun.state === 'refused') return [...lines, ...refusedLines(dryRun, width)];
  if (dryRun.state === 'asking' || now - dryRun.at >= FOUND_MS) return lines;
  const [first = [], ...rest] = lines;
  const found: DialogRun = { text: 'dry run: ok', tone: 'ok' };
  if (!isBeside) return [...lines, ...labelled('', found.text, width, found.tone)];
  const used = first.reduce((sum, { text }) => sum + textWidth(text), 0);
  const gap = Math.max(1, width - used - textWidth(found.text));
  return [[...first, { text: ' '.repeat(gap), tone: 'plain' }, found], ...rest];
}

const refusedLines = ({ at, reason }: Extract<DryRun, { state: 'refused' }>, width: number) =>
  labelled('dry run', `no, at ${clock(at)}: ${reason}`, width, 'warn');

const waitText = ({ timeoutSeconds, observeSeconds }: Plan): string =>
  `waits up to ${duration((timeoutSeconds + observeSeconds) * 1000)} for the result`;

/** What stands in a dry run where else the question is. */
function dryLines({ plan, guard, more, dryRun }: Question, width: number): Lines {
  const hosts = [...new Set([plan, ...more].map(({ host }) => host))].join(', ');
  const seconds = guard.level === HIGHEST_GUARD ? `, and counts down ${COUNTDOWN_SECONDS} s` : '';
  const asks = guard.phrase === null ? 'y' : `"${guard.phrase}", typed`;
  return [
    ...(guard.level === 0 ? [] : labelled('asks', `${asks}${seconds}`, width)),
    ...labelled('after', `${waitText(plan)} to be seen on ${hosts}`, width),
    ...(dryRun.state === 'asking' ? labelled('dry run', `asking ${hosts} again`, width) : []),
    ...(dryRun.state === 'ok'
      ? labelled(
          'dry run',
          `ok: at ${clock(dryRun.at)} ${hosts} told what the plan was made from`,
          width,
          'ok',
        )
      : []),
    ...(dryRun.state === 'refused' ? refusedLines(dryRun, width) : []),
  ];
}

function questionOf(
  { label, guard, typed, countdown, isDry }: Question,
  dryKey: string | undefined,
  width: number,
): Lines {
  if (isDry)
    return [
      [
        { text: '[ esc ]', tone: 'key' },
        { text: ' close', tone: 'plain' },
      ],
    ];
  if (countdown !== null)
    return [
      [
        { text: `${label.toLowerCase()} in ${countdown} s`, tone: 'warn' },
        { text: '   nothing has been run yet   ', tone: 'plain' },
        { text: '[ esc ]', tone: 'key' },
        { text: ' stops it', tone: 'plain' },
      ],
    ];
  if (guard.phrase === null)
    return [
      [
        { text: '[ y ]', tone: 'key' },
        { text: ` ${label.toLowerCase()}      `, tone: 'plain' },
        { text: '[ n / esc ]', tone: 'key' },
        { text: ' cancel', tone: 'plain' },
        ...(dryKey === undefined
          ? []
          : [
              { text: `      [ ${keyName(dryKey)} ]`, tone: 'key' as const },
              { text: ' dry run only', tone: 'plain' as const },
            ]),
      ],
    ];
  const phrase: readonly DialogRun[] = [
    { text: 'type  ', tone: 'muted' },
    { text: guard.phrase, tone: 'key' },
  ];
  const answer: readonly DialogRun[] = [
    { text: 'and enter: ', tone: 'muted' },
    { text: `${typed}_`, tone: 'plain' },
  ];
  const inOneLine = textWidth(guard.phrase) * 2 + 'type    and enter: _'.length;
  return inOneLine <= width
    ? [[...phrase, { text: '  ', tone: 'plain' }, ...answer]]
    : [phrase, answer];
}

function confirmContent(dialog: Question, { now, keymap }: Model, width: number): DialogContent {
  const { plan, guard, isDry } = dialog;
  const dryKey = keymap.bindings.find(({ id }) => id === 'dry-run')?.keys[0];
  const question = questionOf(dialog, dryKey, width);
  const lines: (readonly DialogRun[])[] = [
    ...(isDry
      ? labelled('runs', plan.argv.join(' '), width, 'accent')
      : runsLines(dialog, now, width)),
    ...labelled('on', plan.host, width),
    ...labelled('target', [refPhrase(plan.subject), ...plan.identity].join('  '), width),
    ...dialog.more
      .slice(0, MOST_MORE)
      .flatMap(({ argv, host }, index) =>
        labelled(index === 0 ? 'then' : '', `${argv.join(' ')}  on ${host}`, width, 'accent'),
      ),
    ...(dialog.more.length > MOST_MORE
      ? labelled('', `and ${dialog.more.length - MOST_MORE} more`, width, 'muted')
      : []),
    ...(dialog.more.length > 0
      ? labelled(
          '',
          'one at a time; stops at the first that is not seen to come back',
          width,
          'muted',
        )
      : []),
    ...plan.effects.flatMap((effect, index) =>
      labelled(index === 0 ? 'effect' : '', effect, width),
    ),
    ...(dialog.usual === null ? [] : labelled('normal', dialog.usual, width)),
    ...guard.kept.flatMap((kept, index) => labelled(index === 0 ? 'impact' : '', kept, width)),
    ...guard.reasons.flatMap((reason) => labelled('guard', reason, width, 'warn')),
    ...(guard.safer === undefined ? [] : labelled('safer', guard.safer, width)),
    ...(guard.phrase === null && !isDry
      ? labelled(
          'keys',
          `${CONFIRM_KEY} is not taken for ${CONFIRM_DEAF_MS / 1000} s, nor while the terminal lags`,
          width,
          'muted',
        )
      : []),
    ...(dialog.notice === null ? [] : labelled('changed', dialog.notice, width, 'warn')),
    ...(isDry ? dryLines(dialog, width) : []),
    [],
    ...question,
  ];
  return {
    title: `${isDry ? 'Dry run: ' : ''}${dialog.label} ${
      dialog.more.length > 0 ? `${dialog.more.length + 1} marked` : refPhrase(plan.subject)
    }`,
    right: `guard ${guard.level} of 3`,
    lines,
    footer: isDry
      ? 'dry run: nothing is run'
      : dialog.countdown === null
        ? `cancel is the default  ·  ${guard.level === HIGHEST_GUARD ? `enter counts down ${COUNTDOWN_SECONDS} s, then runs it` : waitText(plan)}`
        : 'esc stops it',
    wanted: 76,
    pinned: question.length,
  };
}

function unlockContent(typed: string, width: number): DialogContent {
  const room = Math.max(1, width - 'why      _'.length);
  return {
    title: 'Unlock actions',
    right: 'for ten minutes',
    lines: [
      ...labelled('', 'the ledger keeps the reason with each action', width, 'muted'),
      [],
      [
        { text: 'why      ', tone: 'key' },
        // Its end is in sight.
        { text: `${Array.from(typed).slice(-room).join('')}_`, tone: 'plain' },
      ],
    ],
    footer: 'enter unlocks   esc stays locked',
    wanted: QUESTION_WIDTH,
    pinned: 1,
  };
}

const QUESTION_WIDTH = 76;
/** A menu is as wide as what it says, up to this. */
const MENU_WIDTH = 110;

function contentOf(model: Model, cols: number, rows: number): DialogContent | null {
  const { dialog } = model.session;
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'confirm':
      return confirmContent(dialog, model, Math.min(cols - 4, 76) - 4);
    case 'palette':
      return paletteContent(
        model,
        dialog.state,
        { width: paletteWidth(cols) - 4, height: rows - 4 },
        { themes: model.themes, check: model.check },
      );
    case 'menu':
      return menuContent(dialog.state, {
        width: Math.min(cols, MENU_WIDTH) - 4,
        height: rows - 4,
      });
    case 'question': {
      const { state } = dialog;
      const asked = askedOf(model.inventory).find(
        ({ question }) => question.id === state.question.id,
      );
      return questionContent(state, asked?.hosts ?? [], Math.min(cols, QUESTION_WIDTH) - 4);
    }
    case 'unlock':
      return unlockContent(dialog.typed, Math.min(cols, QUESTION_WIDTH) - 4);
    case 'own-path':
      return ownPathContent(model.inventory, Math.min(cols, QUESTION_WIDTH) - 4);
    case 'blocked':
      return blockedContent(dialog.host, dialog.error, Math.min(cols, QUESTION_WIDTH) - 4);
    case 'help':
      return {
        title: 'Help',
        right: 'from the live keymap',
        lines: helpLines(model, Math.min(cols, 110) - 4),
        footer: 'j k scroll  ·  esc back',
        wanted: 110,
      };
  }
}

/** The open dialog where it stands. */
export type PlacedDialog = { readonly rect: Rect; readonly content: DialogContent };

const placed = new WeakMap<
  Model,
  { readonly cols: number; readonly rows: number; readonly dialog: PlacedDialog | null }
>();

/**
 * The open dialog on a screen of that size, null without one or without room for it; made once for a model. The
 * panes leave its area alone.
 */
export function placedDialog(model: Model, cols: number, rows: number): PlacedDialog | null {
  const last = placed.get(model);
  if (last?.cols === cols && last.rows === rows) return last.dialog;
  const dialog = placeDialog(model, cols, rows);
  placed.set(model, { cols, rows, dialog });
  return dialog;
}

function placeDialog(model: Model, cols: number, rows: number): PlacedDialog | null {
  if (cols < 12 || rows < 5) return null;
  const content = contentOf(model, cols, rows);
  if (content === null) return null;
  const width = Math.min(cols, content.wanted);
  const height = Math.min(rows - (rows > 12 ? 2 : 0), content.lines.length + 2);
  return {
    content,
    rect: {
      x: Math.floor((cols - width) / 2),
      y: Math.max(0, Math.floor((rows - height) / 2)),
      width,
      height,
    },
  };
}

/** The entry of a list at a cell of the screen; null where there is none. */
export function entryAt({ content, rect }: PlacedDialog, x: number, y: number): number | null {
  const isInside = x > rect.x && x < rect.x + rect.width - 1;
  return isInside ? (content.entries?.[y - rect.y - 1] ?? null) : null;
}

/** The first line of a scrolled dialog when its end is in sight. */
export function lastTop({ content, rect }: PlacedDialog): number {
  return Math.max(0, content.lines.length - (rect.height - 2));
}

/** The lines in sight of a dialog that is scrolled to `top`. */
export function linesInSight(
  content: DialogContent,
  rect: Rect,
  top: number,
): readonly (readonly DialogRun[])[] {
  const height = rect.height - 2;
  const pinned = Math.min(content.pinned ?? 0, height);
  const end = content.lines.length - pinned;
  return [
    ...content.lines.slice(0, end).slice(top, top + height - pinned),
    ...content.lines.slice(end),
  ];
}

/** Runs cut and padded to a width. */
export function fitRuns(runs: readonly DialogRun[], width: number): readonly DialogRun[] {
  const out: DialogRun[] = [];
  let left = width;
  for (const run of runs) {
    if (left <= 0) break;
    const text = truncate(run.text, left);
    out.push({ text, tone: run.tone });
    left -= textWidth(text);
  }
  if (left > 0) out.push({ text: ' '.repeat(left), tone: 'plain' });
  return out;
}
