import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { summarize } from './derive/summary.ts';
import type { Problem } from './domain/problem.ts';
import { refPhrase } from './domain/ref.ts';
import { createLinearAnswers } from './linear-answers.ts';
import type { Sources } from './sources.ts';
import { askedOf } from './ui/questions.ts';
import {
  askedSentences,
  blockedSentences,
  ownPathSentences,
  problemSentence,
  summarySentences,
} from './ui/sentences.ts';

/**
 * The console for a screen reader: lines of plain sentences, no cursor movement. What changes is said once; enter
 * says everything again, `q` and enter leave.
 */
export async function runLinear(sources: Sources, out: (text: string) => void): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let known = new Map<string, Problem>();
  let heard = new Set<string>();
  const blocked = new Set<string>();
  const say = (lines: readonly string[]) => out(`${lines.join('\n')}\n`);
  const all = () => {
    const now = Date.now();
    const problems = sources.problems();
    say([
      ...summarySentences(summarize(sources.inventory(), problems, now), problems, now),
      ...ownPathSentences(sources.inventory()),
    ]);
  };
  const stop = sources.onChange(() => {
    const now = Date.now();
    const roots = sources.problems().filter(({ cause }) => cause === null);
    const next = new Map(roots.map((problem) => [problem.id, problem]));
    for (const [id, problem] of next)
      if (!known.has(id)) say([`New. ${problemSentence(problem, now)}`]);
    for (const [id, problem] of known)
      if (!next.has(id)) say([`Resolved. ${refPhrase(problem.subject)}: ${problem.title}.`]);
    known = next;
    const asked = askedOf(sources.inventory());
    for (const each of asked)
      if (!heard.has(each.question.id))
        say([...askedSentences(each), 'Type a and enter to answer.']);
    heard = new Set(asked.map(({ question }) => question.id));
    for (const { name, source } of sources.inventory().hosts) {
      const isBlocked = source.state === 'hostkey-changed' && source.error !== null;
      if (isBlocked && !blocked.has(name)) say(blockedSentences(name, source.error));
      if (isBlocked) blocked.add(name);
      else blocked.delete(name);
    }
  });
  const hide = hiding();
  const answers = createLinearAnswers({
    say,
    echo: (shown) => hide(!shown),
    reply: (host, reply) => sources.link(host)?.reply(reply),
  });
  const keys = createInterface({ input: process.stdin });
  keys.on('line', (line) => {
    if (answers.isAnswering()) answers.line(line);
    else if (line.trim() === 'q') end(0);
    else if (line.trim() === 'a') answers.begin(askedOf(sources.inventory()));
    else all();
  });
  keys.on('close', () => end(0));
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.on(signal, () => end(code));
  say([
    'labtop for a screen reader. Enter says everything, a and enter answer what a host asks, q and enter leave.',
  ]);
  const code = await ended;
  stop();
  hide(false);
  keys.close();
  return code;
}

/** Hides or shows what is typed on the terminal; where there is none, nothing is echoed anyway. */
function hiding(): (hidden: boolean) => void {
  let isHidden = false;
  return (hidden) => {
    if (hidden === isHidden || !process.stdin.isTTY) return;
    isHidden = hidden;
    spawnSync('stty', [hidden ? '-echo' : 'echo'], { stdio: ['inherit', 'ignore', 'ignore'] });
  };
}
