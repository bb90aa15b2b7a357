import { refKind } from '../../domain/ref.ts';
import type { RefKind } from '../../domain/ref.ts';
import { POD_WEIGHT } from './entries.ts';
import type { PaletteEntry, PaletteGroup } from './entries.ts';
import { fuzzyMatch, queryWords } from './fuzzy.ts';

/** A section of what the palette offers. */
export type PaletteSection = PaletteGroup | 'recent';

export type PaletteMatch = {
  readonly entry: PaletteEntry;
  readonly section: PaletteSection;
  /** Characters of the entry's text that were typed. */
  readonly positions: readonly number[];
};

const MOST_MATCHES = 100;
const MOST_RECENT = 5;
const EXACT_TEXT = 2000;
const EXACT_WORD = 1000;
/** `zone web` rather means the zone; its view with a filter is offered beneath. */
const SINGULAR = 20;
const WORD_BEGINNING = 40;
/** Matches that are so much worse than the best are scattered letters, not what was meant. */
const LEAST_OF_BEST = 0.6;
/** Pods are many, and a letter or two means none of them. */
const POD_LETTERS = 3;
const RECENT_BONUS = 8;
/** A character more in the text costs so much: of two that match alike, the shorter is meant. */
const PER_CHARACTER = 0.5;
/** What the palette shows before anything is typed. */
const AT_FIRST: readonly PaletteGroup[] = ['views', 'commands', 'themes'];

type Ranked = PaletteMatch & {
  readonly score: number;
  /** How well the letters match, before anything is added. */
  readonly letters: number;
  /** One of its words was typed, or begun. */
  readonly isWord: boolean;
};

const lastMatches = new WeakMap<
  readonly PaletteEntry[],
  {
    readonly text: string;
    readonly history: readonly string[];
    readonly matches: readonly PaletteMatch[];
  }
>();

/**
 * What was meant by the text, best first. Entries stand together with others of their group, the group of the best one
 * first. `history` is what was run before, newest first: it stands above others that match as well.
 */
export function matchPalette(
  entries: readonly PaletteEntry[],
  text: string,
  history: readonly string[],
): readonly PaletteMatch[] {
  const last = lastMatches.get(entries);
  if (last?.text === text && last.history === history) return last.matches;
  const query = text.trim();
  const matches = query === '' ? suggestions(entries, history) : search(entries, query, history);
  lastMatches.set(entries, { text, history, matches });
  return matches;
}

function suggestions(
  entries: readonly PaletteEntry[],
  history: readonly string[],
): readonly PaletteMatch[] {
  const recent = history
    .slice(0, MOST_RECENT)
    .flatMap((text) => entryFor(entries, text) ?? [])
    .map((entry): PaletteMatch => ({ entry, section: 'recent', positions: [] }));
  return [
    ...recent,
    ...AT_FIRST.flatMap((group) =>
      entries
        .filter((entry) => entry.group === group)
        .map((entry): PaletteMatch => ({ entry, section: group, positions: [] })),
    ),
  ];
}

const entryFor = (entries: readonly PaletteEntry[], text: string): PaletteEntry | undefined =>
  entries.find((entry) => entry.text === text) ??
  (text.includes(' /') ? filteredView(entries, text)?.entry : undefined);

function search(
  entries: readonly PaletteEntry[],
  query: string,
  history: readonly string[],
): readonly PaletteMatch[] {
  const recent = new Set(history);
  const ranked: Ranked[] = [];
  const words = queryWords(query);
  const hasPods = query.length >= POD_LETTERS;
  for (const entry of entries) {
    if (!hasPods && entry.weight === POD_WEIGHT) continue;
    const match = rank(entry, query, words);
    if (match) ranked.push(recent.has(entry.text) ? withBonus(match) : match);
  }
  const view = filteredView(entries, query);
  if (view)
    ranked.push({
      entry: view.entry,
      section: 'views',
      positions: [],
      score: view.isCertain ? EXACT_WORD : SINGULAR,
      letters: 0,
      isWord: true,
    });
  for (const entry of view ? [] : commonFilters(entries, ranked, words.at(-1) ?? ''))
    ranked.push({ entry, section: 'views', positions: [], score: 0, letters: 0, isWord: true });
  const best = ranked.reduce((most, { letters }) => Math.max(most, letters), 0);
  const meant = ranked
    .filter(({ letters, isWord }) => isWord || letters >= best * LEAST_OF_BEST)
    .toSorted((a, b) => b.score - a.score);
  const sections = Map.groupBy(meant.slice(0, MOST_MATCHES), ({ section }) => section);
  return [...sections.values()].flat();
}

/** The views of kinds that several of the things found are of. */
const VIEW_OF_KIND: Readonly<Partial<Record<RefKind, string>>> = {
  host: 'hosts',
  zone: 'zones',
  vm: 'vms',
  vlan: 'vlans',
  node: 'nodes',
  pod: 'pods',
  workload: 'workloads',
  storage: 'storage',
  kubevirt: 'vms',
};

/** When several things of a kind have the last word in their name: their view with it as the filter. */
function commonFilters(
  entries: readonly PaletteEntry[],
  ranked: readonly Ranked[],
  word: string,
): readonly PaletteEntry[] {
  if (word.length < 2) return [];
  const refs = new Set(
    ranked.flatMap(({ entry: { run, text } }) =>
      (run.kind === 'open' || run.kind === 'action') && text.toLowerCase().includes(word)
        ? [run.ref]
        : [],
    ),
  );
  return [...Map.groupBy(refs, refKind)].flatMap(([kind, alike]) => {
    const id = VIEW_OF_KIND[kind];
    const view = entries.find(({ text, group }) => group === 'views' && text === id);
    return view && alike.length > 1 ? withFilter(view, word) : [];
  });
}

const withFilter = (view: PaletteEntry, filter: string): readonly PaletteEntry[] =>
  view.run.kind === 'go'
    ? [
        {
          ...view,
          text: `${view.text} /${filter}`,
          key: '',
          words: [],
          run: { ...view.run, filter },
        },
      ]
    : [];

const withBonus = (match: Ranked): Ranked => ({ ...match, score: match.score + RECENT_BONUS });

function rank(entry: PaletteEntry, query: string, words: readonly string[]): Ranked | null {
  const lower = query.toLowerCase();
  const word =
    entry.text === query
      ? EXACT_TEXT
      : entry.words.includes(lower)
        ? EXACT_WORD
        : entry.words.some((candidate) => candidate.startsWith(lower))
          ? WORD_BEGINNING
          : null;
  const whole = entry.detail === '' ? entry.text : `${entry.text} ${entry.detail}`;
  const match = fuzzyMatch(whole, words);
  if (match === null && word === null) return null;
  const letters = Math.max(match?.score ?? 0, 0);
  return {
    entry,
    section: entry.group,
    positions: match?.positions.filter((position) => position < entry.text.length) ?? [],
    letters,
    isWord: word !== null,
    score: letters + (word ?? 0) + entry.weight - whole.length * PER_CHARACTER,
  };
}

/** `po media` and `pods /media`: a view by one of its words, then a filter for it. */
function filteredView(
  entries: readonly PaletteEntry[],
  query: string,
): { readonly entry: PaletteEntry; readonly isCertain: boolean } | undefined {
  const [, name = '', slash = '', filter = ''] = /^(\S+)\s+(\/?)(.+)$/.exec(query.trim()) ?? [];
  if (filter === '') return undefined;
  const word = name.toLowerCase();
  const view = entries.find(
    ({ run, words }) => run.kind === 'go' && run.place.kind === 'pane' && words.includes(word),
  );
  const [entry] = view ? withFilter(view, filter) : [];
  return view && entry ? { isCertain: slash !== '' || `${word}s` !== view.text, entry } : undefined;
}
