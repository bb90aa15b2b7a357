import { expect, test } from 'vitest';
import type { BootEnvironment } from '../../../src/domain/boot-environment.ts';
import { hostUpdates } from '../../../src/resources/host/host-updates.rule.ts';
import { makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

/** A boot environment by its flags. */
const be = (name: string, flags: string): BootEnvironment => ({
  name,
  uuid: null,
  isActive: flags.includes('N'),
  isActiveOnReboot: flags.includes('R'),
  isTemporary: flags.includes('T'),
  mountpoint: null,
  spaceBytes: 1,
  createdAt: NOW,
});
const check = (...bootEnvironments: readonly BootEnvironment[]) =>
  hostUpdates.check({ bootEnvironments }, makeHost('omni1'), NOW, plainContext);

test.for<[string, BootEnvironment[], string[]]>([
  ['one that runs and is next', [be('old', ''), be('now', 'NR')], []],
  ['none', [], []],
  ['another is next', [be('now', 'N'), be('new', 'R')], ['reboot pending: new is next']],
  [
    'one for a single boot',
    [be('now', 'NR'), be('try', 'T')],
    ['reboot pending: try is next, for one boot'],
  ],
  ['nothing tells which one runs', [be('new', 'R')], []],
])('%s', ([, all, expected]) => {
  expect(check(...all).map(({ title }) => title)).toEqual(expected);
});

test('tells which one runs', () => {
  expect(check(be('now', 'N'), be('new', 'R'))[0]).toMatchObject({
    subject: 'host:omni1',
    evidence: { next: 'new', running: 'now', created: '2026-03-01T12:00:00.000Z' },
  });
});
