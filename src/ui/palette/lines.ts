import type { ToneName } from '../../domain/theme.ts';
import { textWidth, truncate } from '../../term/width.ts';
import type { DialogRun } from '../dialogs/dialog-shape.ts';

export type Line = readonly DialogRun[];

/** Text as runs of a width: those of its characters that `positions` names in another tone. */
export function highlighted(
  text: string,
  positions: readonly number[],
  width: number,
  tone: ToneName,
  hit: ToneName,
): readonly DialogRun[] {
  const cut = truncate(text, width);
  const pad = ' '.repeat(Math.max(0, width - textWidth(cut)));
  // A text that was cut or made safe is not the text that was searched beyond that place.
  const same = commonLength(cut, text);
  const hits = new Set(positions.filter((position) => position < same));
  const runs: DialogRun[] = [];
  for (let index = 0; index < cut.length; index += 1) {
    const of = hits.has(index) ? hit : tone;
    const last = runs.at(-1);
    if (last?.tone === of)
      runs[runs.length - 1] = { ...last, text: last.text + (cut[index] ?? '') };
    else runs.push({ text: cut[index] ?? '', tone: of });
  }
  return pad === '' ? runs : [...runs, { text: pad, tone }];
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Text cut and padded to a width. */
export const padded = (text: string, width: number): string => {
  const cut = truncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - textWidth(cut)));
};

/** A rule across the dialog, with a word in it or without. */
export const rule = (width: number, word = ''): Line => {
  const head = word === '' ? '' : `─ ${word} `;
  return [{ text: head + '─'.repeat(Math.max(0, width - textWidth(head))), tone: 'frame' }];
};

/** First of `room` lines out of `total`, so that `index` is among them with a line of context where there is one. */
export function windowTop(total: number, room: number, index: number): number {
  if (total <= room || index < 0) return 0;
  return Math.max(0, Math.min(total - room, index - Math.max(0, room - 2)));
}
