import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostRestarted } from '../../src/derive/most-restarted.ts';
import { countNamespaces } from '../../src/derive/namespaces.ts';
import type { KubeTable, Pod } from '../../src/domain/kube.ts';
import { hasEnded, podsByNode } from '../../src/domain/pods.ts';
import { pod } from '../support/inventory.ts';
import { podEvents, podTable } from '../support/pod-storm.ts';

/** The same content as a table that nobody has seen before. */
const anew = ({ byKey }: KubeTable<Pod>): KubeTable<Pod> => ({
  revision: 1,
  byKey: new Map(byKey),
});
const restartsOf = (pods: readonly Pod[]) => pods.map(({ restarts }) => restarts);

test('whatever happened, what is kept of the pods is what a first look would make', () => {
  fc.assert(
    fc.property(fc.array(podEvents, { maxLength: 8 }), (rounds) => {
      const pods = podTable();
      for (const events of rounds) {
        const table = pods.happen(events);
        expect(podsByNode(table)).toEqual(podsByNode(anew(table)));
        expect(countNamespaces(table)).toEqual(countNamespaces(anew(table)));
        expect(restartsOf(mostRestarted(table, 3))).toEqual(
          restartsOf(mostRestarted(anew(table), 3)),
        );
      }
    }),
  );
});

test('pods that have ended hold no place on a node', () => {
  const table = podTable([
    pod('a'),
    pod('b', { phase: 'Succeeded' }),
    pod('c', { node: null }),
  ]).publish();
  expect([...(podsByNode(table).get('worker1')?.keys() ?? [])]).toEqual(['default/a']);
  expect([...podsByNode(table).keys()]).toEqual(['worker1']);
  expect(hasEnded(pod('b', { phase: 'Failed' }))).toBe(true);
});

test('the pods with the most restarts are found again when those on top are gone', () => {
  const all = Array.from({ length: 1000 }, (_, index) => pod(`web-${index}`, { restarts: index }));
  const pods = podTable(all);
  expect(restartsOf(mostRestarted(pods.publish(), 3))).toEqual([999, 998, 997]);
  const table = pods.happen(all.slice(500).map((each) => ({ kind: 'remove', pod: each })));
  expect(restartsOf(mostRestarted(table, 3))).toEqual([499, 498, 497]);
  expect(mostRestarted(podTable([pod('calm')]).publish(), 3)).toEqual([]);
});
