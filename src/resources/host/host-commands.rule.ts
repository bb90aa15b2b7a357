import type { Feed } from '../../domain/feed.ts';
import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** Programs that the host does not have, and what is not seen without them. */
export const hostPrograms: HostRule<never> = {
  id: 'host.commands',
  scope: 'host',
  severity: 'info',
  holdSeconds: 0,
  needs: [],
  check: (_fresh, { name, feeds }) => {
    const missing = Object.entries(feeds).flatMap(([question, feed]: [string, Feed<unknown>]) =>
      feed.status === 'absent' && feed.program !== undefined
        ? [{ question, program: feed.program, hides: feed.hides ?? question }]
        : [],
    );
    if (missing.length === 0) return [];
    const programs = [...new Set(missing.map(({ program }) => program))];
    return [
      {
        subject: hostRef(name),
        title: `not installed: ${programs.join(', ')}`,
        evidence: {
          ...Object.fromEntries(
            missing.map(({ question, program, hides }) => [
              question,
              `without ${program}: ${hides}`,
            ]),
          ),
          from: name,
        },
        hint: 'labtop doctor tells what each of them hides',
      },
    ];
  },
};
