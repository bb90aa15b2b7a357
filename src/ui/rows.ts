import { compileFilter } from '../derive/filter.ts';
import type { BoundRow, BoundView } from '../domain/view.ts';
import type { Model } from './model.ts';
import { SIGN_RANK } from './tones.ts';

/** The rows of a view as they are shown: filtered, faults first, otherwise in the view's own order. */
export type ShownRows = {
  readonly rows: readonly BoundRow[];
  readonly total: number;
  /** Why the filter is not applied, with the position of the fault. */
  readonly filterError: string | null;
};

type Slot = {
  readonly inventory: Model['inventory'];
  readonly second: number;
  readonly filter: string;
  readonly faultsOnly: boolean;
  readonly shown: ShownRows;
};

const FAULTS = SIGN_RANK.ok;

/** Makes and keeps the rows of each view until the data, the second or the filter changes. */
export function createRowCache(): (
  model: Model,
  view: BoundView,
  filter: string,
  faultsOnly: boolean,
) => ShownRows {
  const slots = new Map<string, Slot>();
  return (model, view, filter, faultsOnly) => {
    const second = Math.floor(model.now / 1000);
    const key = `${view.id} ${filter} ${faultsOnly}`;
    const slot = slots.get(key);
    if (slot && slot.inventory === model.inventory && slot.second === second) return slot.shown;
    const shown = makeRows(model, view, filter, faultsOnly);
    if (slots.size > 16) slots.clear();
    slots.set(key, { inventory: model.inventory, second, filter, faultsOnly, shown });
    return shown;
  };
}

function makeRows(model: Model, view: BoundView, filter: string, faultsOnly: boolean): ShownRows {
  const all = view.rows(model.inventory, model.now);
  const compiled = filter.trim() === '' ? null : compileFilter(filter);
  const error =
    compiled !== null && 'error' in compiled
      ? `${compiled.error} (character ${compiled.position + 1})`
      : null;
  const matches = compiled !== null && 'matches' in compiled ? compiled.matches : null;
  const columnOf = new Map(view.columns.map(({ id }, index) => [id, index]));
  const kept = all.filter((row) => {
    if (faultsOnly && SIGN_RANK[row.sign] >= FAULTS) return false;
    if (!matches) return true;
    return matches({
      text: view.columns.map((_, index) => row.text(index)).join(' '),
      field: (name) => {
        const index = columnOf.get(name);
        return index === undefined ? null : row.value(index);
      },
    });
  });
  return {
    rows: kept.toSorted((a, b) => SIGN_RANK[a.sign] - SIGN_RANK[b.sign]),
    total: all.length,
    filterError: error,
  };
}
