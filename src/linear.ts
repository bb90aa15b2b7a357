import { createInterface } from 'node:readline';
import { summarize } from './derive/summary.ts';
import type { Problem } from './domain/problem.ts';
import type { Sources } from './sources.ts';
import { problemSentence, summarySentences } from './ui/sentences.ts';

/**
 * The console for a screen reader: lines of plain sentences, no cursor movement. What changes is said once; enter
 * says everything again, `q` and enter leave.
 */
export async function runLinear(sources: Sources, out: (text: string) => void): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let known = new Map<string, Problem>();
  const say = (lines: readonly string[]) => out(`${lines.join('\n')}\n`);
  const all = () => {
    const now = Date.now();
    const problems = sources.problems();
    say(summarySentences(summarize(sources.inventory(), problems, now), problems, now));
  };
  const stop = sources.onChange(() => {
    const now = Date.now();
    const roots = sources.problems().filter(({ cause }) => cause === null);
    const next = new Map(roots.map((problem) => [problem.id, problem]));
    for (const [id, problem] of next)
      if (!known.has(id)) say([`New. ${problemSentence(problem, now)}`]);
    for (const [id, problem] of known)
      if (!next.has(id)) say([`Resolved. ${problem.subject.replace(':', ' ')}: ${problem.title}.`]);
    known = next;
  });
  const keys = createInterface({ input: process.stdin });
  keys.on('line', (line) => {
    if (line.trim() === 'q') end(0);
    else all();
  });
  keys.on('close', () => end(0));
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => end(code));
  say(['labtop for a screen reader. Enter says everything, q and enter leave.']);
  const code = await ended;
  stop();
  keys.close();
  return code;
}
