import type { Feed } from '../../domain/feed.ts';
import { feedsThat } from '../../domain/feed.ts';
import type { ClusterInventory, HostInventory } from '../../domain/inventory.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { sourceRef } from '../../domain/ref.ts';
import { whileSameOf } from '../../domain/same-parts.ts';

const SHOWN_TEXT = 60;

/** Lines of an answer that its parser did not understand: nothing of it is lost in silence. */
export const sourceComplaints: LabRule = {
  id: 'source.complaints',
  scope: 'lab',
  severity: 'info',
  holdSeconds: 0,
  check: ({ hosts, clusters }) =>
    [...hosts, ...clusters].flatMap((source) => kept(source, [], () => complaintsOf(source))),
};

const hasComplaints = (feed: Feed<unknown>): feed is Extract<Feed<unknown>, { status: 'ok' }> =>
  feed.status === 'ok' && feed.complaints.length > 0;

type Source = Pick<HostInventory | ClusterInventory, 'name' | 'feeds'>;
const kept = whileSameOf<readonly Finding[]>();

const complaintsOf = ({ name, feeds }: Source): readonly Finding[] =>
  feedsThat(feeds, hasComplaints).flatMap(([question, feed]) => {
    if (!hasComplaints(feed)) return [];
    const [first] = feed.complaints;
    const amount = feed.complaints.length;
    return [
      {
        subject: sourceRef(`${name}/${question}`),
        title: `${amount === 1 ? '1 line was' : `${amount} lines were`} not understood: ${first?.reason ?? ''}`,
        evidence: {
          question,
          complaints: amount,
          line: first?.line ?? null,
          text: first?.text.slice(0, SHOWN_TEXT) ?? null,
          from: name,
        },
        hint: 'compare with what the command prints on the host; report it with that line',
      },
    ];
  });
