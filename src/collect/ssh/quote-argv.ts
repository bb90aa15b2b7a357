import type { Argv } from '../../domain/command.ts';

/** These would end the line that carries the word, or the word itself. */
const REFUSED = /[\0\r\n]/;

/** What means something between single quotes to one shell or another: all, fish, and csh. */
const NOT_WITHIN_QUOTES = /['\\!]/g;

/**
 * One word for any POSIX shell, csh and fish, quoted so that it means itself. The only place that quotes.
 * @throws {RangeError} if the word holds NUL, CR or LF.
 */
export function quoteWord(word: string): string {
  if (REFUSED.test(word))
    throw new RangeError(`not sent: the argument ${JSON.stringify(word)} has NUL, CR or LF in it`);
  return `'${word.replaceAll(NOT_WITHIN_QUOTES, String.raw`'\$&'`)}'`;
}

/**
 * A program with its arguments as one shell command.
 * @throws {RangeError} as quoteWord.
 */
export const quoteArgv = (argv: Argv): string => argv.map((word) => quoteWord(word)).join(' ');
