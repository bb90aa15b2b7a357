import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/**
 * Any text that a host may print instead of an answer: noise, the command's own fixtures cut and joined anywhere,
 * and lines made of the pieces that its format is made of.
 */
export function hostileText(fixtures: string): fc.Arbitrary<string> {
  const folder = join(import.meta.dirname, fixtures);
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const words = [...new Set(texts.flatMap((text) => text.split(/[ \t\r\n]+/)))];
  const piece = fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom(
      ' ',
      '  ',
      '\t',
      '\n',
      '\r\n',
      ':',
      '\\',
      '-',
      '--',
      '?',
      '"',
      '=',
      ',',
      '\u0000',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const cut = fc
    .tuple(fc.constantFrom(...texts), fc.nat(4000), fc.nat(4000))
    .map(([text, from, to]) => text.slice(Math.min(from, to), Math.max(from, to)));
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.array(cut, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join('')),
  );
}
