import { expect, test } from 'vitest';
import { followsProcesses, processChanges } from '../../src/domain/follows-processes.ts';
import { host, kstats, ok, zone } from '../support/inventory.ts';

const followed = (role: string | null, changes: number) =>
  followsProcesses({
    ...host('omni1', {
      zones: [zone('etcd1'), zone('dns1')],
      feeds: {
        kstats: ok({
          ...kstats(),
          processLevels: new Map(
            ['etcd1', 'dns1'].map(
              (name) => [name, { zoneId: 4, level: 12, above: [], changes }] as const,
            ),
          ),
        }),
      },
    }),
    configuredRoles: new Map(role === null ? [] : [['etcd1', [role]]]),
  });

test('a change of the processes in a zone of a control plane is followed, in others it is not', () => {
  expect(followed('etcd', 1)).toBe('etcd1 1');
  expect(followed('etcd', 2)).toBe('etcd1 2');
  expect(followed(null, 2)).toBeNull();
  expect(followed('unbound', 2)).toBeNull();
});

test('where something is waited for, more processes are followed before it is known whether they stay', () => {
  const print = (above: readonly number[], isAwaited: boolean) =>
    processChanges(
      host('omni1', {
        feeds: {
          kstats: ok({
            ...kstats(),
            processLevels: new Map([['dns1', { zoneId: 4, level: 12, above, changes: 1 }]]),
          }),
        },
      }),
      [{ name: 'dns1' }],
      () => isAwaited,
    );
  expect(print([13], true)).not.toBe(print([], true));
  expect(print([13, 14], true)).toBe(print([13], true));
  expect(print([13], false)).toBe(print([], false));
});
