import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paneViews } from '../../src/registry.ts';
import { restoreSession, saveSession } from '../../src/ui/saved-session.ts';
import { go, initialSession, placeKey } from '../../src/ui/session.ts';
import { tabOf } from '../support/model.ts';

test('a session comes back with its place, focus and filters', () => {
  const session = {
    ...go(initialSession, { kind: 'pane', pane: 'cluster', tab: 1 }),
    filters: { 'zones.0': 'cpu>5', 'vms.0': '' },
    faultsOnly: true,
  };
  const restored = restoreSession(saveSession(session, paneViews), paneViews);
  expect(restored.place).toEqual({ kind: 'pane', pane: 'cluster', tab: 1 });
  expect(restored.focus).toBe('cluster');
  expect(restored.filters).toEqual({ 'zones.0': 'cpu>5' });
  expect(restored.faultsOnly).toBe(true);
  expect(restored.back).toEqual([]);
});

test('the order and the columns of tables come back, not how far they were scrolled', () => {
  const session = {
    ...initialSession,
    sorts: { zones: [{ column: 'cpu', descending: true }] },
    columns: {
      zones: { columns: ['name', 'cpu'], offset: 2 },
      hosts: { columns: null, offset: 1 },
    },
  };
  const restored = restoreSession(saveSession(session, paneViews), paneViews);
  expect(restored.sorts).toEqual(session.sorts);
  expect(restored.columns).toEqual({ zones: { columns: ['name', 'cpu'], offset: null } });
  const broken = JSON.stringify({ sorts: { zones: [3, {}, 'x'] }, columns: { zones: 'cpu' } });
  expect(restoreSession(broken, paneViews)).toMatchObject({
    sorts: { zones: [] },
    columns: { zones: { columns: [], offset: null } },
  });
});

test('a tab and its filter are kept by its name: other tabs may come before it', () => {
  const pods = tabOf('cluster', 'pods');
  const session = { ...go(initialSession, pods), filters: { [placeKey(pods)]: 'status!=Running' } };
  const saved = saveSession(session, paneViews);
  const cluster = paneViews.cluster.toReversed();
  const later = { ...paneViews, cluster };
  const tab = cluster.findIndex(({ id }) => id === 'pods');
  const restored = restoreSession(saved, later);
  expect(restored.place).toEqual({ kind: 'pane', pane: 'cluster', tab });
  expect(restored.filters).toEqual({ [`cluster.${tab}`]: 'status!=Running' });
  const without = { ...paneViews, cluster: paneViews.cluster.filter(({ id }) => id !== 'pods') };
  expect(restoreSession(saved, without).place).toEqual({ kind: 'pane', pane: 'cluster', tab: 0 });
});

test('a dialog, a message and a detail are not kept', () => {
  const session = go(
    { ...initialSession, dialog: { kind: 'help', top: 0 } },
    { kind: 'detail', view: 'zones', ref: 'zone:a/b' },
  );
  expect(restoreSession(saveSession(session, paneViews), paneViews)).toEqual(initialSession);
});

test('whatever stands in the state file, a session comes of it', () => {
  const places = {
    kind: fc.constantFrom('pane', 'problems', 'detail', 3, null),
    pane: fc.jsonValue(),
  };
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({ place: fc.record(places), filters: fc.jsonValue() })
          .map((v) => JSON.stringify(v)),
      ),
      (text) => {
        const { place, filters } = restoreSession(text, paneViews);
        expect(['overview', 'pane', 'problems', 'vlan-map']).toContain(place.kind);
        for (const filter of Object.values(filters)) expect(typeof filter).toBe('string');
      },
    ),
  );
});
