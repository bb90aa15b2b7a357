import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteArgv, quoteWord } from '../../../src/collect/ssh/quote-argv.ts';
import { shells } from './support/shells.ts';

test('quotes every word, whatever it is', () => {
  expect(quoteArgv(['zoneadm', '-z', "it's", '', '$(reboot)', String.raw`\!`])).toBe(
    String.raw`'zoneadm' '-z' 'it'\''s' '' '$(reboot)' ''\\''\!''`,
  );
});

test.for(['a\nb', 'a\rb', 'a\0b'])('refuses %j', (word) => {
  expect(() => quoteWord(word)).toThrow(RangeError);
});

const word = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replaceAll(/[\0\r\n]/g, ''));
const nasty = fc.constantFrom(
  "'",
  "''",
  String.raw`\'`,
  '\\',
  String.raw`a\b\\`,
  '!a',
  'a!b!',
  '$(id)',
  '`id`',
  '~',
  '*',
  '!!',
  '-n',
  'a=b',
  '\u001B[31m',
  '\u001E',
  '\u202E',
  ';exit',
  '&&',
  '#',
);

test.for(shells)('any words come back unchanged through %s, quoted once and twice', (shell) => {
  fc.assert(
    fc.property(fc.array(fc.oneof(word, nasty), { minLength: 1, maxLength: 60 }), (words) => {
      const command = quoteArgv(['printf', String.raw`%s\0`, ...words]);
      for (const line of [command, `eval ${quoteWord(command)}`]) {
        const { stdout } = spawnSync(shell, ['-c', line], { encoding: 'utf8' });
        expect(stdout.split('\0').slice(0, -1)).toEqual(words);
      }
    }),
    { numRuns: 15 },
  );
});

/** Login shells that are none of POSIX: what a hand-over sends is theirs to read. */
const LOGIN_SHELLS = ['csh', 'tcsh', 'fish'].filter(
  (shell) => spawnSync(shell, ['-c', 'exit 7']).status === 7,
);
/** Among them every escape character that the configuration takes. */
const punctuation = fc.constantFrom(...Array.from(`!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`));

test.for(LOGIN_SHELLS)('the words of a hand-over come back unchanged through %s', (shell) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(word, nasty, punctuation, fc.string({ unit: punctuation })), {
        minLength: 1,
        maxLength: 40,
      }),
      (words) => {
        const line = quoteArgv(['printf', String.raw`%s\0`, ...words]);
        const { stdout } = spawnSync(shell, ['-c', line], {
          encoding: 'utf8',
          env: { ...process.env, LC_ALL: 'C.UTF-8' },
        });
        expect(stdout.split('\0').slice(0, -1)).toEqual(words);
      },
    ),
    { numRuns: 40 },
  );
});
