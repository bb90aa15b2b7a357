import type { ToneName } from '../../domain/theme.ts';
import type { ActionBinding, Binding, Keymap } from '../keymap.ts';
import type { LockView, Model } from '../model.ts';
import { OWN_SIGN, SIGN_TONES, SIGNS } from '../tones.ts';
import { wrap } from './wrap.ts';

type HelpRun = { readonly text: string; readonly tone: ToneName };
type HelpLine = readonly HelpRun[];

const KEY_NAMES: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'pgup',
  pagedown: 'pgdn',
};
/** A key as people write it. */
export const keyName = (key: string): string => KEY_NAMES[key] ?? key;

const GROUPS: readonly Binding['group'][] = [
  'Move',
  'Find and shape',
  'Look and act',
  'Logs and text',
  'General',
];
const KEY_WIDTH = 12;

/** Keys and what they do, on as many lines as that takes. */
const entry = (
  keys: string,
  label: string,
  width: number,
  tone: ToneName = 'plain',
): readonly HelpLine[] => {
  const room = Math.max(0, width - KEY_WIDTH - 2);
  return wrap(label, Math.max(8, room - 1)).map((part, index) => [
    { text: `  ${(index === 0 ? keys : '').padEnd(KEY_WIDTH)}`, tone: 'key' },
    { text: part.padEnd(room), tone },
  ]);
};

function whyMissing({ locked, readOnly }: LockView): string | null {
  if (readOnly) return 'started with --read-only: no action can run';
  return locked ? 'locked: L unlocks for ten minutes' : null;
}

/** The actions that have a key, those for several kinds of things as one; what the lock does not ask for stands above what it does. */
export const keyedActions = ({ actions }: Pick<Keymap, 'actions'>): readonly ActionBinding[] =>
  [...Map.groupBy(actions, ({ key, label }) => `${key} ${label}`).values()]
    .flatMap((same) => {
      const [first] = same;
      return first && first.key !== ''
        ? [{ ...first, kinds: same.flatMap(({ kinds }) => kinds) }]
        : [];
    })
    .toSorted((a, b) => Number(b.isHandOver) - Number(a.isHandOver));

function groupLines(
  keymap: Keymap,
  group: Binding['group'],
  width: number,
  lock: LockView,
): readonly HelpLine[] {
  const lines: HelpLine[] = [[{ text: ` ${group}`.padEnd(width), tone: 'title' }]];
  for (const binding of keymap.bindings)
    if (binding.group === group && binding.keys.length > 0)
      lines.push(...entry(binding.keys.map(keyName).join(' '), binding.label, width));
  if (group !== 'Look and act') return lines;
  const missing = whyMissing(lock);
  for (const { key, label, kinds, isHandOver } of keyedActions(keymap))
    lines.push(
      ...entry(
        keyName(key),
        `${label} (${kinds.join(', ')})`,
        width,
        missing === null || (isHandOver && !lock.readOnly) ? 'plain' : 'muted',
      ),
    );
  if (missing !== null) lines.push([{ text: `  ${missing}`.padEnd(width), tone: 'warn' }]);
  return lines;
}

const SIGN_MEANINGS = [
  ['ok', 'well'],
  ['degraded', 'degraded'],
  ['warning', 'warning'],
  ['down', 'down'],
  ['unknown', 'unknown: no fresh data'],
  ['off', 'off on purpose'],
  ['changing', 'changing'],
] as const;

const signLines = (width: number): readonly HelpLine[] => [
  [{ text: ' Signs'.padEnd(width), tone: 'title' }],
  ...SIGN_MEANINGS.map(([sign, meaning]): HelpLine => [
    { text: `  ${SIGNS[sign]}`, tone: SIGN_TONES[sign] },
    { text: `  ${meaning}`.padEnd(width - 3), tone: 'plain' },
  ]),
  [
    { text: `  ${OWN_SIGN}`, tone: 'accent' },
    { text: '  your session runs through it'.padEnd(width - 3), tone: 'plain' },
  ],
  [
    { text: '  ┄', tone: 'unknown' },
    { text: '  not measured; never a zero'.padEnd(width - 3), tone: 'plain' },
  ],
];

/** The help, made from the keymap in force. */
export function helpLines(model: Model, width: number): readonly HelpLine[] {
  const columns = width >= 84 ? 2 : 1;
  const each = Math.floor(width / columns);
  const blocks = GROUPS.map((group) => groupLines(model.keymap, group, each, model.lock));
  const signs = signLines(each);
  if (columns === 1) return [...blocks.flatMap((block) => [...block, []]), ...signs];
  const left = [...(blocks[0] ?? [])];
  const right = blocks.slice(1).flatMap((block): readonly HelpLine[] => [...block, []]);
  left.push([], ...signs);
  const blankCell: HelpLine = [{ text: ' '.repeat(each), tone: 'plain' }];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const a = left[index];
    const b = right[index];
    return [...(a && a.length > 0 ? a : blankCell), ...(b && b.length > 0 ? b : blankCell)];
  });
}
