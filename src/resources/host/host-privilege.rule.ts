import type { Feed } from '../../domain/feed.ts';
import { plural } from '../../domain/format.ts';
import type { HostRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** Questions that the host denies to the user: what is not seen because of it, and the line that grants it. */
export const hostPrivilege: HostRule<never> = {
  id: 'host.privilege',
  scope: 'host',
  severity: 'info',
  holdSeconds: 0,
  needs: [],
  check: (_fresh, { name, feeds }) => {
    const denied = Object.entries(feeds).flatMap(([question, feed]: [string, Feed<unknown>]) =>
      feed.status === 'denied' ? [{ question, feed }] : [],
    );
    const [first] = denied;
    if (!first) return [];
    return [
      {
        subject: hostRef(name),
        title: `${plural(denied.length, 'question')} denied, hidden: ${first.feed.hides ?? first.question}${denied.length > 1 ? ' and more' : ''}`,
        evidence: {
          ...Object.fromEntries(
            denied.map(({ question, feed }) => [
              question,
              `${feed.reason} (hides ${feed.hides ?? question})`,
            ]),
          ),
          from: name,
        },
        hint: `labtop doctor prints the lines that grant it${first.feed.grant === undefined ? '' : `, such as: ${first.feed.grant}`}`,
      },
    ];
  },
};
