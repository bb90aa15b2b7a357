import { duration } from '../../domain/format.ts';
import { refPhrase } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import { textWidth, truncate } from '../../term/width.ts';
import type { Rect } from '../layout.ts';
import type { Model } from '../model.ts';
import { menuContent } from '../palette/menu.ts';
import { paletteContent, paletteWidth } from '../palette/palette.ts';
import { askedOf } from '../questions.ts';
import type { Dialog } from '../session.ts';
import { helpLines } from './help-lines.ts';
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

/** Commands that are shown of a series. */
const MOST_MORE = 6;

function questionOf(
  { label, guard, typed, countdown }: Extract<Dialog, { kind: 'confirm' }>,
  width: number,
): readonly (readonly DialogRun[])[] {
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

function confirmContent(
  dialog: Extract<Dialog, { kind: 'confirm' }>,
  model: Model,
  width: number,
): DialogContent {
  const { plan, guard } = dialog;
  const question = questionOf(dialog, width);
  const lines: (readonly DialogRun[])[] = [
    ...labelled('runs', plan.argv.join(' '), width, 'accent'),
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
    ...(dialog.notice === null ? [] : labelled('changed', dialog.notice, width, 'warn')),
    [],
    ...question,
  ];
  return {
    title:
      dialog.more.length > 0
        ? `${dialog.label} ${dialog.more.length + 1} marked`
        : `${dialog.label} ${refPhrase(plan.subject)}`,
    right: `guard ${guard.level} of 3`,
    lines,
    footer:
      dialog.countdown === null
        ? `cancel is the default  ·  ${guard.level === 3 ? 'enter counts down 5 s, then runs it' : `waits up to ${duration((plan.timeoutSeconds + plan.observeSeconds) * 1000)} for the result`}`
        : 'esc stops it',
    wanted: 76,
    pinned: question.length,
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
