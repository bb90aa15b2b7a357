/** ssh_config(5), PATTERNS: `*` and `?`, nothing else. */
export const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`)}$`,
    's',
  );

/** A list of patterns, some negated with `!`: one that is negated and fits decides. */
export function matchesPatterns(patterns: readonly string[], text: string): boolean {
  let isMatch = false;
  for (const entry of patterns) {
    const isNegated = entry.startsWith('!');
    if (!wildcard(isNegated ? entry.slice(1) : entry).test(text)) continue;
    if (isNegated) return false;
    isMatch = true;
  }
  return isMatch;
}
