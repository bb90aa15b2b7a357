import type { Inventory } from '../domain/inventory.ts';

/** The one place where what is known lives. Everything on the screen is derived from it. */
export type Store = {
  readonly get: () => Inventory;
  /** Replaces the inventory by what `change` makes of it; the same object back means that nothing changed. */
  readonly update: (change: (inventory: Inventory) => Inventory) => void;
  /** Calls back after each change; returns the end of it. */
  readonly subscribe: (listener: () => void) => () => void;
};

export function createStore(initial: Inventory): Store {
  let inventory = initial;
  const subscriptions = new Set<{ readonly listener: () => void }>();
  return {
    get: () => inventory,
    update: (change) => {
      const next = change(inventory);
      if (next === inventory) return;
      inventory = next;
      // A copy, so that who subscribes in a listener is first called at the next change.
      const present = [...subscriptions];
      for (const subscription of present)
        if (subscriptions.has(subscription)) subscription.listener();
    },
    subscribe: (listener) => {
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => {
        subscriptions.delete(subscription);
      };
    },
  };
}
