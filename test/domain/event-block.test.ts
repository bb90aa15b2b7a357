import { expect, test } from 'vitest';
import { eventBlock } from '../../src/domain/event-block.ts';
import { cluster, NOW } from '../support/inventory.ts';
import { tableOf, withTables } from '../support/storage.ts';

const object = { kind: 'Pod', namespace: 'apps', name: 'web' };

test('that there is no event is said; while none are known nothing is', () => {
  const [block] = eventBlock(withTables({ events: tableOf() }), object, NOW);
  expect(block?.lines.map(({ text }) => text)).toEqual(['no event of it is kept']);
  expect(eventBlock(cluster('k', [], []), object, NOW)).toEqual([]);
});
