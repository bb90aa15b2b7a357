import type { Link } from '../../domain/joined.ts';

const SHOWN = 5;

/** The names of links, as far as they can be read at a glance; null when there is none. */
export function linkNames(links: readonly Link[]): string | null {
  if (links.length === 0) return null;
  const shown = links.slice(0, SHOWN).map(({ name }) => name);
  const more = links.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
