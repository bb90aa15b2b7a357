import type { BoundView } from '../domain/view.ts';
import type { ColumnChoice } from './paint/columns.ts';
import type { MenuState } from './palette/menu.ts';
import { columnOptions } from './table/column-sets.ts';

/** Which columns a view shows; it stays open, so that several can be switched one after another. */
export const columnMenu = (view: BoundView, choice: ColumnChoice, selected = 0): MenuState => ({
  id: 'columns',
  title: `Columns of ${view.title}`,
  right: '',
  empty: 'no columns',
  selected,
  isDirect: true,
  preview: null,
  staysOpen: true,
  entries: columnOptions(view.columns, choice).map(({ column, letter, title, isShown }) => ({
    letter,
    label: title,
    detail: column === title.toLowerCase() ? '' : column,
    note: isShown ? '● shown' : '○ hidden',
    noteTone: isShown ? 'plain' : 'muted',
    isPossible: true,
    run: { kind: 'column', column },
  })),
});
