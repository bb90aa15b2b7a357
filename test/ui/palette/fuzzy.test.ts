import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzyMatch } from '../../../src/ui/palette/fuzzy.ts';

const score = (text: string, query: string) => fuzzyMatch(text, query)?.score ?? -1;
const best = (query: string, texts: readonly string[]) =>
  texts.toSorted((a, b) => score(b, query) - score(a, query))[0];

test('letters must be there in their order, in any case', () => {
  expect(fuzzyMatch('restart zone etcd1', 'rze')).not.toBeNull();
  expect(fuzzyMatch('Restart', 'REST')).not.toBeNull();
  expect(fuzzyMatch('restart', 'tser')).toBeNull();
  expect(fuzzyMatch('restart', 'restarts')).toBeNull();
});

test('every word must be found, in any order of words', () => {
  expect(fuzzyMatch('restart zone etcd1', 'etcd rest')).not.toBeNull();
  expect(fuzzyMatch('restart zone etcd1', 'rest web')).toBeNull();
});

test('beginnings of words win over letters within', () => {
  expect(best('sq', ['mosquito', 'zone squid'])).toBe('zone squid');
  expect(best('rz', ['horizon', 'restart zone'])).toBe('restart zone');
});

test('letters next to each other win over scattered ones', () => {
  expect(best('etcd', ['ethertechcard', 'my-etcd2'])).toBe('my-etcd2');
  expect(best('log', ['l-o-g', 'log'])).toBe('log');
});

test('a whole word wins over a part of one', () => {
  expect(best('vm', ['vmware', 'vm jump'])).toBe('vm jump');
});

test('the positions are those of the letters that were meant', () => {
  expect(fuzzyMatch('reset zone etcd1', 'et')?.positions).toEqual([11, 12]);
  expect(fuzzyMatch('restart zone etcd1', 'rest etc')?.positions).toEqual([0, 1, 2, 3, 13, 14, 15]);
});

test('whatever is typed, the positions spell it', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', 'É'), maxLength: 200 });
  fc.assert(
    fc.property(
      letters,
      fc.string({ unit: fc.constantFrom('a', 'b', 'É'), maxLength: 40 }),
      (text, query) => {
        const match = fuzzyMatch(text, query);
        if (match === null || query === '') return;
        const spelled = match.positions.map((position) => text[position]?.toLowerCase()).join('');
        expect(spelled).toBe(query.toLowerCase().slice(0, 32));
      },
    ),
  );
});

test('nothing typed matches everything alike', () => {
  expect(fuzzyMatch('anything', '  ')).toEqual({ score: 0, positions: [] });
});
