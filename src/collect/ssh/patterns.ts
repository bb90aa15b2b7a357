/** ssh_config(5), PATTERNS: `*` and `?`, nothing else. */
export const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern.replace(/[.*+?^${}()|[\]\\]/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`)}$`,
    's',
  );

/** Most are plain names: files of known hosts have thousands. */
const fits = (pattern: string, text: string): boolean =>
  /[*?]/.test(pattern) ? wildcard(pattern).test(text) : pattern === text;

/** A list of patterns, some negated with `!`: one that is negated and fits decides. */
export function matchesPatterns(patterns: readonly string[], text: string): boolean {
  let isMatch = false;
  for (const entry of patterns) {
    const isNegated = entry.startsWith('!');
    if (!fits(isNegated ? entry.slice(1) : entry, text)) continue;
    if (isNegated) return false;
    isMatch = true;
  }
  return isMatch;
}
