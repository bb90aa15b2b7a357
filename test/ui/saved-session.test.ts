import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restoreSession, saveSession } from '../../src/ui/saved-session.ts';
import { go, initialSession } from '../../src/ui/session.ts';

test('a session comes back with its place, focus and filters', () => {
  const session = {
    ...go(initialSession, { kind: 'pane', pane: 'cluster', tab: 1 }),
    filters: { 'zones.0': 'cpu>5', 'vms.0': '' },
    faultsOnly: true,
  };
  const restored = restoreSession(saveSession(session));
  expect(restored.place).toEqual({ kind: 'pane', pane: 'cluster', tab: 1 });
  expect(restored.focus).toBe('cluster');
  expect(restored.filters).toEqual({ 'zones.0': 'cpu>5' });
  expect(restored.faultsOnly).toBe(true);
  expect(restored.back).toEqual([]);
});

test('a dialog, a message and a detail are not kept', () => {
  const session = go(
    { ...initialSession, dialog: { kind: 'help', top: 0 } },
    { kind: 'detail', view: 'zones', ref: 'zone:a/b' },
  );
  expect(restoreSession(saveSession(session))).toEqual(initialSession);
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
        const { place, filters } = restoreSession(text);
        expect(['overview', 'pane', 'problems', 'vlan-map']).toContain(place.kind);
        for (const filter of Object.values(filters)) expect(typeof filter).toBe('string');
      },
    ),
  );
});
