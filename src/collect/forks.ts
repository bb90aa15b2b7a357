import type { Argv, Question } from '../domain/command.ts';

/** Run by the shell itself. */
export const isBuiltin = ([program]: Argv): boolean => program === 'echo' || program === 'eval';

/**
 * How many processes a question starts: one for each program, for the shell that runs them one by one becomes the last
 * of them. A mark between them is a builtin.
 */
export function forksOf(question: Question): number {
  const last = question.at(-1);
  const programs = question.filter((argv) => !isBuiltin(argv)).length;
  return last !== undefined && isBuiltin(last) ? programs + 1 : programs;
}
