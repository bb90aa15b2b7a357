import type { HandOverPlan } from '../../domain/hand-over.ts';
import type { Ref } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { Model } from '../model.ts';
import type { Guard, Place } from '../session.ts';

/** What a palette or a menu asks for; who opened it does it. */
export type Intent =
  /** `filter` replaces the filter of that place. */
  | { readonly kind: 'go'; readonly place: Place; readonly filter?: string }
  | { readonly kind: 'open'; readonly ref: Ref }
  | { readonly kind: 'action'; readonly id: string; readonly ref: Ref }
  /** The plan of an action, which is not run. */
  | { readonly kind: 'dry-run'; readonly id: string; readonly ref: Ref }
  /** A command of the keymap. */
  | { readonly kind: 'command'; readonly id: string }
  | { readonly kind: 'theme'; readonly name: string }
  | { readonly kind: 'sort'; readonly column: string }
  | { readonly kind: 'sort-reverse' }
  | { readonly kind: 'sort-default' }
  /** Shows or hides a column. */
  | { readonly kind: 'column'; readonly column: string };

/** Whether an action can be run on a thing now, and how sure one has to be; a hand-over asks nothing. */
export type ActionCheck = (
  action: string,
  subject: Ref,
) =>
  | { readonly guard: Guard }
  | { readonly handOver: HandOverPlan }
  | { readonly unavailable: string };

/** What is said of an action beside its name. */
export type ActionNote = {
  readonly text: string;
  readonly tone: ToneName;
  /** false when choosing it could only repeat the note. */
  readonly isPossible: boolean;
};

/** Why an action cannot be done, or what it asks for: the reason first, then the lock, then the guard. */
export function actionNote(
  { lock }: Pick<Model, 'lock'>,
  check: ActionCheck,
  action: string,
  subject: Ref,
): ActionNote {
  if (lock.readOnly) return { text: 'read-only', tone: 'muted', isPossible: false };
  const checked = check(action, subject);
  if ('unavailable' in checked)
    return { text: checked.unavailable, tone: 'muted', isPossible: false };
  if ('handOver' in checked) return { text: '', tone: 'muted', isPossible: true };
  const { level, reasons } = checked.guard;
  const guard = guardText(level, reasons[0]);
  if (!lock.locked) return { ...guard, isPossible: true };
  return {
    text: level > 1 ? `locked (L)  ${guard.text}` : 'locked (L)',
    tone: level > 1 ? guard.tone : 'locked',
    isPossible: true,
  };
}

function guardText(
  level: number,
  reason: string | undefined,
): { readonly text: string; readonly tone: ToneName } {
  if (level <= 0) return { text: '', tone: 'muted' };
  if (level === 1) return { text: 'guard 1', tone: 'muted' };
  const why = reason === undefined ? '' : `: ${reason}`;
  return level === 2
    ? { text: `▲ guard 2${why}`, tone: 'warn' }
    : { text: `✗ guard 3${why}`, tone: 'bad' };
}
