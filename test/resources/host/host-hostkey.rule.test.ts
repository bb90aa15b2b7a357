import { expect, test } from 'vitest';
import type { SourceState } from '../../../src/domain/inventory.ts';
import { hostHostkey } from '../../../src/resources/host/host-hostkey.rule.ts';
import { lost, makeHost, makeInventory, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (state: SourceState) =>
  hostHostkey.check(
    makeInventory({ hosts: [makeHost('omni1', {}, { ...lost, state, error: null })] }),
    NOW,
    plainContext,
  );

test.for<SourceState>(['up', 'connecting', 'down', 'frozen', 'auth-failed'])(
  'is silent about a host that is %s',
  (state) => {
    expect(check(state)).toEqual([]);
  },
);

test('a changed key is critical, one that is not known yet a warning', () => {
  expect(check('hostkey-changed')).toMatchObject([
    { subject: 'host:omni1', severity: 'critical', title: 'host key changed' },
  ]);
  expect(check('hostkey-unknown')).toMatchObject([
    { subject: 'host:omni1', severity: 'warning', title: 'host key is not in known_hosts' },
  ]);
});
