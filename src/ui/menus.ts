import { related } from '../derive/related.ts';
import { refKind, refPhrase } from '../domain/ref.ts';
import type { Ref } from '../domain/ref.ts';
import type { BoundView } from '../domain/view.ts';
import { keyName } from './dialogs/help-lines.ts';
import type { ActionBinding } from './keymap.ts';
import type { Model } from './model.ts';
import { actionNote } from './palette/intent.ts';
import type { Intent } from './palette/intent.ts';
import type { MenuEntry, MenuState } from './palette/menu.ts';
import { chooseLetters, sortChoices, sortSign } from './table/sorting.ts';
import type { SortState } from './table/sorting.ts';

const menu = (
  state: Omit<MenuState, 'selected' | 'right' | 'preview' | 'staysOpen'> & Partial<MenuState>,
): MenuState => ({
  selected: 0,
  right: '',
  preview: null,
  staysOpen: false,
  ...state,
});

const entry = (
  change: Omit<MenuEntry, 'detail' | 'note' | 'noteTone' | 'isPossible'> & Partial<MenuEntry>,
): MenuEntry => ({
  detail: '',
  note: '',
  noteTone: 'muted',
  isPossible: true,
  ...change,
});

/** `o`: the columns that the table can be sorted by. */
export function sortMenu(view: BoundView, sort: SortState): MenuState {
  const choices = sortChoices(view.columns, sort);
  return menu({
    id: 'sort',
    title: `Sort ${view.title.toLowerCase()}`,
    right: sort.length > 0 ? 'o reverses' : 'faults first',
    empty: 'nothing to sort by',
    isDirect: true,
    selected: Math.max(
      0,
      choices.findIndex(({ place }) => place === 1),
    ),
    entries: [
      ...choices.map(({ column, letter, title, key, place }) =>
        entry({
          letter,
          label: title.toLowerCase(),
          note: key === null ? '' : `${place ?? ''} ${sortSign(key)}`,
          noteTone: 'accent',
          run: { kind: 'sort', column },
        }),
      ),
      entry({
        letter: 'o',
        label: 'reverse',
        isPossible: sort.length > 0,
        run: { kind: 'sort-reverse' },
      }),
      entry({
        letter: '0',
        label: 'faults first',
        isPossible: sort.length > 0,
        run: { kind: 'sort-default' },
      }),
    ],
  });
}

/** A cluster has no detail view: its pane is one. */
const runOf = (ref: Ref): Intent =>
  ref.startsWith('cluster:')
    ? { kind: 'go', place: { kind: 'pane', pane: 'cluster', tab: 0 } }
    : { kind: 'open', ref };

/** `J`: what a thing has to do with. */
export function relatedMenu(ref: Ref, { inventory }: Model): MenuState {
  const things = related(ref, inventory);
  const letters = chooseLetters(things.map(({ label }) => label.slice(label.indexOf(' ') + 1)));
  return menu({
    id: 'related',
    title: `Related to ${refPhrase(ref)}`,
    empty: 'nothing else is known to be related',
    isDirect: true,
    entries: things.map(({ label, ref: other, why }, index) =>
      entry({
        letter: letters[index] ?? '',
        label,
        detail: why,
        run: runOf(other),
      }),
    ),
  });
}

/** A line for each action on a thing, with why it is not possible. */
const actionEntries = (
  ref: Ref,
  actions: readonly ActionBinding[],
  { lock, check }: Pick<Model, 'lock' | 'check'>,
  run: 'action' | 'dry-run',
) =>
  actions
    .filter(({ kinds }) => kinds.includes(refKind(ref)))
    .map(({ id, key, label }) => {
      const { text, tone, isPossible } = actionNote({ lock }, check, id, ref);
      return entry({
        letter: keyName(key),
        label,
        note: text,
        noteTone: tone,
        isPossible,
        run: { kind: run, id, ref },
      });
    });

const noActions = (ref: Ref): string => `nothing can be done with a ${refKind(ref)} yet`;

/** `a`: everything that can be done with a thing, and why not. */
export const actionMenu = (ref: Ref, model: Pick<Model, 'keymap' | 'lock' | 'check'>): MenuState =>
  menu({
    id: 'actions',
    title: `Actions on ${refPhrase(ref)}`,
    empty: noActions(ref),
    isDirect: true,
    entries: actionEntries(ref, model.keymap.actions, model, 'action'),
  });

const UNLOCKED: Model['lock'] = { locked: false, readOnly: false, until: null };

/** `D`: what each action would do. The lock is not asked, because nothing is run. */
export const dryRunMenu = (
  ref: Ref,
  { keymap, check }: Pick<Model, 'keymap' | 'check'>,
): MenuState =>
  menu({
    id: 'dry-run',
    title: `Dry run on ${refPhrase(ref)}`,
    right: 'nothing is run',
    empty: noActions(ref),
    isDirect: true,
    entries: actionEntries(
      ref,
      keymap.actions.filter(({ isHandOver }) => !isHandOver),
      { lock: UNLOCKED, check },
      'dry-run',
    ),
  });

/** The themes, each shown while the selection stands on it. */
export function themeMenu({ themes, theme }: Pick<Model, 'themes' | 'theme'>): MenuState {
  return menu({
    id: 'themes',
    title: 'Theme',
    empty: 'no themes',
    isDirect: false,
    selected: Math.max(0, themes.indexOf(theme)),
    preview: { undo: { kind: 'theme', name: theme } },
    entries: themes.map((name) => entry({ letter: '', label: name, run: { kind: 'theme', name } })),
  });
}
