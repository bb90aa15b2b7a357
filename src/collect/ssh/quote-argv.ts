import type { Argv } from '../../domain/command.ts';

/** These would end the line that carries the word, or the word itself. */
const REFUSED = /[\0\r\n]/;

/**
 * One word for any POSIX shell, quoted so that it means itself. The only place that quotes.
 * @throws {RangeError} if the word holds NUL, CR or LF.
 */
export function quoteWord(word: string): string {
  if (REFUSED.test(word))
    throw new RangeError(`not sent: the argument ${JSON.stringify(word)} has NUL, CR or LF in it`);
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A program with its arguments as one shell command.
 * @throws {RangeError} as quoteWord.
 */
export const quoteArgv = (argv: Argv): string => argv.map((word) => quoteWord(word)).join(' ');
