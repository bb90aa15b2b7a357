import { expect, test } from 'vitest';
import type { SourceStatus } from '../../../src/domain/inventory.ts';
import { hostUnreachable } from '../../../src/resources/host/host-unreachable.rule.ts';
import { lost, makeHost, makeInventory, NOW, source } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (status: SourceStatus) =>
  hostUnreachable.check(
    makeInventory({ hosts: [makeHost('omni1', {}, status)] }),
    NOW,
    plainContext,
  );

test.for<[string, SourceStatus, boolean]>([
  ['up', source(), false],
  ['connecting for the first time', source({ state: 'connecting', lastDataAt: null }), false],
  ['connecting again after a loss', { ...lost, state: 'connecting' }, false],
  ['down after a failed attempt', lost, true],
  ['down with no attempt made', { ...lost, attempt: 0 }, false],
  ['frozen', { ...lost, state: 'frozen' }, false],
  ['refused by authentication', { ...lost, state: 'auth-failed' }, false],
])('%s', ([, status, isFound]) => {
  expect(check(status)).toHaveLength(isFound ? 1 : 0);
});

test('tells why, since when and how often it was tried', () => {
  expect(hostUnreachable).toMatchObject({ severity: 'critical', holdSeconds: 0 });
  expect(check(lost)).toEqual([
    {
      subject: 'host:omni1',
      title: 'unreachable: omni1:22 refuses the connection',
      began: NOW - 60_000,
      evidence: { error: 'refused', attempts: 3, lastDataAgeSeconds: 60, from: 'ssh' },
      hint: 'see whether sshd runs',
    },
  ]);
});

test('a host that never answered has no age of data', () => {
  expect(check({ ...lost, lastDataAt: null, error: null })).toMatchObject([
    {
      title: 'unreachable',
      began: lost.since,
      evidence: { error: null, lastDataAgeSeconds: null },
    },
  ]);
});
