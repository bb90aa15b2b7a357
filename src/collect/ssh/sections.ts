import type { Argv, Question } from '../../domain/command.ts';
import { isBuiltin } from '../forks.ts';
import { requestLine } from './framing.ts';
import { quoteArgv } from './quote-argv.ts';

/** A request line stays below this, LF included. */
const MAX_LINE_BYTES = 3_900;
/** Longer than any sequence number that is ever reached. */
const LONGEST_SEQUENCE = 9_999_999_999;

/**
 * The sh text of the sections that ask a question: mostly one; more when the line would be too long.
 * `exec` before the last command saves the host a fork. A single program is never cut, however long
 * its line: stdin of the remote shell is a pipe.
 * @throws {RangeError} if an argument cannot be quoted.
 */
export function sectionsOf(question: Question): readonly string[] {
  const sections: string[] = [];
  let group: readonly Argv[] = [];
  for (const argv of question) {
    const longer = [...group, argv];
    if (group.length > 0 && lineBytes(longer) > MAX_LINE_BYTES) {
      sections.push(shellText(group));
      group = [argv];
    } else group = longer;
  }
  if (group.length > 0) sections.push(shellText(group));
  return sections;
}

const lineBytes = (group: readonly Argv[]): number =>
  Buffer.byteLength(requestLine(LONGEST_SEQUENCE, shellText(group)));

const shellText = (group: readonly Argv[]): string =>
  group
    .map((argv, index) =>
      index === group.length - 1 && !isBuiltin(argv) ? `exec ${quoteArgv(argv)}` : quoteArgv(argv),
    )
    .join('; ');
