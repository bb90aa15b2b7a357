import type { Inventory } from '../../../src/domain/inventory.ts';
import { bindView } from '../../../src/domain/view.ts';
import type { BoundView, Sign, View } from '../../../src/domain/view.ts';
import { lab } from '../../support/inventory.ts';

export type Item = { readonly name: string; readonly cpu: number | null; readonly sign?: Sign };

/** How often a view was asked. */
export type Calls = { rows: number; sign: number; text: number; value: number };

/** A view over lists of items that counts what it is asked. */
export function listView(change: Partial<View<Item>> = {}): {
  readonly view: BoundView;
  readonly calls: Calls;
  /** An inventory whose list that is. */
  readonly holding: (items: readonly Item[]) => Inventory;
  /** Counts from zero again. */
  readonly reset: () => void;
} {
  const lists = new WeakMap<Inventory, readonly Item[]>();
  const calls: Calls = { rows: 0, sign: 0, text: 0, value: 0 };
  const view = bindView<Item>({
    id: 'items',
    title: 'Items',
    rows: (inventory) => {
      calls.rows += 1;
      return lists.get(inventory) ?? [];
    },
    key: ({ name }) => `host:${name}`,
    sign: ({ sign }) => {
      calls.sign += 1;
      return sign ?? 'ok';
    },
    at: () => null,
    stale: () => false,
    columns: [
      {
        id: 'name',
        title: 'NAME',
        width: 12,
        priority: 0,
        text: ({ name }) => {
          calls.text += 1;
          return name;
        },
      },
      {
        id: 'cpu',
        title: 'CPU%',
        width: 6,
        align: 'right',
        priority: 1,
        text: ({ cpu }) => {
          calls.text += 1;
          return String(cpu);
        },
        value: ({ cpu }) => {
          calls.value += 1;
          return cpu;
        },
      },
    ],
    detail: ({ name }) => [{ title: name, lines: [] }],
    ...change,
  });
  return {
    view,
    calls,
    holding: (items) => {
      const inventory = lab([], []);
      lists.set(inventory, items);
      return inventory;
    },
    reset: () => Object.assign(calls, { rows: 0, sign: 0, text: 0, value: 0 }),
  };
}

export const items = (count: number): readonly Item[] =>
  Array.from({ length: count }, (_, index) => ({ name: `item${index}`, cpu: index % 100 }));
