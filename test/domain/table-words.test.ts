import { expect, test } from 'vitest';
import type { Feed } from '../../src/domain/feed.ts';
import type { ClusterInventory } from '../../src/domain/inventory.ts';
import { emptyWords, hiddenWords } from '../../src/domain/table-words.ts';
import { cluster, NOW, ok } from '../support/inventory.ts';

const table = { revision: 1, byKey: new Map() };
const error = { code: 'unavailable', message: 'GET /api/v1/nodes: etcd is away (500)', hint: '' };
const gap = { reason: 'only in media: forbidden', hides: 'the pods of 3 other namespaces' };
const withFeeds = (feeds: Partial<ClusterInventory['feeds']>): ClusterInventory => {
  const empty = cluster('k8s', [], []);
  return { ...empty, feeds: { ...empty.feeds, ...feeds } };
};

test.for<[Feed<never>, string]>([
  [{ status: 'pending' }, 'nothing known yet'],
  [{ status: 'pending', received: 1200 }, 'loading, 1200 objects received'],
  [{ status: 'denied', reason: 'the nodes cannot be seen', at: NOW }, 'the nodes cannot be seen'],
  [{ status: 'absent', reason: 'the cluster has no nodes', at: NOW }, 'the cluster has no nodes'],
  [{ status: 'failed', error, at: NOW }, 'GET /api/v1/nodes: etcd is away (500)'],
])('why there are no rows: %j', ([nodes, words]) => {
  expect(emptyWords([withFeeds({ nodes })], ['nodes'], 'Nodes')).toBe(words);
});

test('that there are none is said only when it is known', () => {
  expect(emptyWords([withFeeds({ nodes: ok(table) })], ['nodes'], 'Nodes')).toBe('no nodes');
  const half = withFeeds({ nodes: ok(table), pods: { status: 'pending' } });
  expect(emptyWords([half], ['nodes', 'pods'], 'Things')).toBe('nothing known yet');
});

test('what is hidden is told beside the rows that there are', () => {
  const answer = ok(table);
  const partly = withFeeds({
    pods: answer.status === 'ok' ? { ...answer, gap } : answer,
    nodes: { status: 'denied', reason: 'forbidden', at: NOW },
    events: { status: 'failed', error, at: NOW, last: { value: table, at: NOW }, gap },
  });
  expect(hiddenWords([partly], ['pods', 'nodes', 'events', 'services'])).toEqual([
    'the pods of 3 other namespaces',
    'nodes',
  ]);
});
