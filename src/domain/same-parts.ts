/** Gives the result of before while each of its parts is the same, else makes it anew. It remembers one result. */
export function whileSame<T>(): (parts: readonly unknown[], make: () => T) => T {
  let last: { readonly parts: readonly unknown[]; readonly made: T } | undefined;
  return (parts, make) => {
    const isSame =
      last !== undefined &&
      last.parts.length === parts.length &&
      last.parts.every((part, index) => part === parts[index]);
    if (last === undefined || !isSame) last = { parts, made: make() };
    return last.made;
  };
}
