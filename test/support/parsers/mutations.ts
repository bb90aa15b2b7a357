import fc from 'fast-check';

/** One change of a text; `at` and `to` are places in it from 0 to below 1. */
type Mutation = {
  readonly kind: keyof typeof KINDS;
  readonly at: number;
  readonly to: number;
  readonly insert: string;
  readonly other: string;
};
type Change = Omit<Mutation, 'kind'>;

const lineAt = (lines: readonly string[], at: number): number => Math.floor(at * lines.length);
const onLines =
  (change: (lines: string[], places: Change) => void) =>
  (text: string, places: Change): string => {
    const lines = text.split('\n');
    change(lines, places);
    return lines.join('\n');
  };
/** Replaces one of the places that fit. */
const onMatch =
  (pattern: RegExp, replace: (match: string, places: Change) => string) =>
  (text: string, places: Change): string => {
    const matches = [...text.matchAll(pattern)];
    const match = matches[Math.floor(places.at * matches.length)];
    if (!match) return text;
    const end = match.index + match[0].length;
    return text.slice(0, match.index) + replace(match[0], places) + text.slice(end);
  };

const KINDS = {
  'a line is missing': onLines((lines, { at }) => lines.splice(lineAt(lines, at), 1)),
  'two lines change places': onLines((lines, { at, to }) => {
    const [a, b] = [lineAt(lines, at), lineAt(lines, to)];
    [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  }),
  'a line comes twice': onLines((lines, { at }) => {
    const index = lineAt(lines, at);
    lines.splice(index, 0, lines[index] ?? '');
  }),
  'the end is missing': (text, { at }) => text.slice(0, Math.floor(at * text.length)),
  'the beginning is missing': (text, { at }) => text.slice(Math.floor(at * text.length)),
  'characters are missing': (text, { at, to }) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + text.slice(from + 1 + Math.floor(to * 12));
  },
  'characters are others': (text, { at, insert }) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + insert + text.slice(from + insert.length);
  },
  'something stands between': (text, { at, insert }) => {
    const from = Math.floor(at * text.length);
    return text.slice(0, from) + insert + text.slice(from);
  },
  'another answer stands between': (text, { at, to, other }) => {
    const from = Math.floor(at * text.length);
    const cut = Math.floor(to * other.length);
    return text.slice(0, from) + other.slice(cut, cut + 400) + text.slice(from);
  },
  'a field is another': onMatch(/[^\s:=,;]+/g, (_match, { insert }) => insert),
  'a number is negative': onMatch(/[0-9]+/g, (match) => `-${match}`),
  'a number is huge': onMatch(/[0-9]+/g, (match) => match.repeat(40).slice(0, 400)),
  'a number is no number': onMatch(/[0-9]+/g, () => 'NaN'),
  'lines end in CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'two lines are one': onMatch(/\n/g, () => ''),
  'a line is broken': onMatch(/[ \t:]/g, (match) => `${match}\n`),
  'blanks are tabs': onMatch(/ +/g, () => '\t'),
  'tabs are blanks': (text) => text.replaceAll('\t', '        '),
  'columns are moved': onLines((lines, { at, insert }) => {
    const index = lineAt(lines, at);
    lines[index] = `${' '.repeat(insert.length * 3)}${lines[index] ?? ''}`;
  }),
} as const satisfies Readonly<Record<string, (text: string, places: Change) => string>>;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const piece = fc.oneof(
  fc.constantFrom(
    '',
    '-',
    '--',
    '?',
    ':',
    '\\',
    '\\:',
    '"',
    '=',
    '\t',
    '\n',
    '\u0000',
    '\u001B[2J',
  ),
  fc.constantFrom('18446744073709551615', '-1', '1e309', '0x7f', '١٢', 'Infinity', '__proto__'),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);

/** A real answer with up to eight things wrong with it. The fewer, the simpler, when a failure is shrunk. */
export const mutatedAnswer = (samples: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...samples, ''),
      fc.array(
        fc.record({
          kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
          at: place,
          to: place,
          insert: piece,
          other: fc.constantFrom(...samples, ''),
        }),
        { maxLength: 8 },
      ),
    )
    .map(([sample, mutations]) =>
      mutations.reduce<string>((text, { kind, ...places }) => KINDS[kind](text, places), sample),
    );

/** Texts made to be slow: one endless line, endless lines, endless runs of what formats are made of. */
export const slowAnswers = (samples: readonly string[]): readonly (readonly [string, Filler])[] => [
  ...[
    'a',
    '0',
    ' ',
    '\t',
    ':',
    '\\',
    '-',
    '"',
    '(',
    '=',
    '\n',
    'a ',
    ' a',
    'a:',
    '\\:',
    'a\n',
    '\t\n',
    '0.',
    '--\n',
  ].map((unit) => [JSON.stringify(unit), repeated(unit)] as const),
  ...samples
    .filter((text) => text.length > 0)
    .toSorted((a, b) => b.length - a.length)
    .slice(0, 2)
    .flatMap((text) => [
      ['its answers again and again', repeated(text.endsWith('\n') ? text : `${text}\n`)] as const,
      ['its answers as one line', repeated(text.replaceAll('\n', ' '))] as const,
    ]),
];

/** A text of so many characters. */
export type Filler = (length: number) => string;
const repeated =
  (unit: string): Filler =>
  (length) =>
    unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
