type Parts = readonly unknown[];

/** Gives the result of before while each of its parts is the same, else makes it anew. It remembers one result. */
export function whileSame<T>(): (parts: Parts, make: () => T) => T {
  let last: { readonly parts: Parts; readonly made: T } | undefined;
  return (parts, make) => {
    if (last === undefined || !sameList(last.parts, parts)) last = { parts, made: make() };
    return last.made;
  };
}

/** The same for many owners: it remembers one result of each, for as long as there is the owner. */
export function whileSameOf<T>(): (owner: object, parts: Parts, make: () => T) => T {
  const latest = new WeakMap<object, { readonly parts: Parts; readonly made: T }>();
  return (owner, parts, make) => {
    const last = latest.get(owner);
    if (last && sameList(last.parts, parts)) return last.made;
    const made = make();
    latest.set(owner, { parts, made });
    return made;
  };
}

/** Whether two lists hold the same things in the same order. */
export function sameList(before: Parts, after: Parts): boolean {
  const { length } = after;
  if (before.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (before[index] !== after[index]) return false;
  return true;
}

/**
 * The new list, each thing that says what it said before as the same object, and the same list when all do: whoever asks
 * whether something changed need not look into it.
 */
export function settleEach<T>(
  before: readonly T[],
  after: readonly T[],
  says: (before: T, after: T) => boolean,
): readonly T[] {
  let isSame = before.length === after.length;
  const settled = after.map((thing, index) => {
    const old = before[index];
    if (old !== undefined && (old === thing || says(old, thing))) return old;
    isSame = false;
    return thing;
  });
  return isSame ? before : settled;
}

/** Whether two objects have the same fields: for those that hold nothing deeper. */
export function sameFields<T extends object>(a: T, b: T): boolean {
  const keys = Object.keys(a) as (keyof T)[];
  return (
    keys.length === Object.keys(b).length && keys.every((key) => key in b && a[key] === b[key])
  );
}
