import { expect, test } from 'vitest';
import type { Inventory } from '../../../src/domain/inventory.ts';
import type { ZoneEntry } from '../../../src/domain/zone.ts';
import { zoneHalt } from '../../../src/resources/zone/zone-halt.action.ts';
import { answered, makeConfig, makeHost, makeInventory, makeZone } from '../../derive/inventory.ts';

const lab = (zone: Partial<ZoneEntry> = {}): Inventory =>
  makeInventory({
    hosts: [
      makeHost('omni1', {
        zones: answered([makeZone('web', zone)]),
        zoneConfigs: answered([makeConfig('web')]),
      }),
    ],
  });
const SUBJECT = 'zone:omni1/web';

test('halts a zone, at guard 2, and says what that loses', () => {
  expect(zoneHalt).toMatchObject({ key: 'X', guard: 2, kinds: ['zone', 'vm'], stops: true });
  expect(zoneHalt.plan(SUBJECT, lab())).toMatchObject({
    argv: ['pfexec', 'zoneadm', '-z', 'web', 'halt'],
    identity: ['uuid uuid-of-web', 'running'],
    effects: expect.arrayContaining([
      'kills every process of the zone without shutdown scripts',
      'it stays off until r boots it',
      'autoboot is true: that it is off will be a problem',
    ]) as string[],
  });
});

test('gives a VM the time that bhyve takes to end', () => {
  const plan = zoneHalt.plan('vm:omni1/web', lab({ brand: 'bhyve' }));
  expect(plan.timeoutSeconds).toBeGreaterThan(1800);
  expect(plan.effects[0]).toContain('without asking its guest');
});

test('is the way out of a zone that hangs on its way down, behind those that are gentler', () => {
  const hanging = lab({ state: 'shutting_down' });
  expect(zoneHalt.unavailable(SUBJECT, hanging)).toBeUndefined();
  expect(zoneHalt.next?.(SUBJECT, hanging)).toBe(
    'wait first; then see who holds it: fuser -c /zones/web, pfiles PID; then zoneadm -z web halt (X), which runs no shutdown scripts; last, reboot the host',
  );
  expect(zoneHalt.next?.(SUBJECT, lab())).toBeUndefined();
});

test('is not for a zone that is off', () => {
  expect(zoneHalt.unavailable(SUBJECT, lab({ state: 'installed' }))).toBe(
    'web is installed already',
  );
});

test('has ended well when the zone is seen to be off', () => {
  const before = lab();
  const seen = (now: Inventory) => zoneHalt.observe(SUBJECT, before, now);
  expect(seen(lab({ state: 'shutting_down' }))).toEqual({
    state: 'waiting',
    step: 'shutting_down',
  });
  expect(seen(makeInventory())).toMatchObject({ state: 'waiting' });
  expect(seen(lab({ state: 'installed' }))).toEqual({ state: 'done', evidence: 'is installed' });
});
