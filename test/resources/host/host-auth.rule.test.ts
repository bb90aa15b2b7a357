import { expect, test } from 'vitest';
import type { SourceState } from '../../../src/domain/inventory.ts';
import { hostAuth } from '../../../src/resources/host/host-auth.rule.ts';
import { lost, makeHost, makeInventory, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (state: SourceState) =>
  hostAuth.check(
    makeInventory({ hosts: [makeHost('omni1', {}, { ...lost, state })] }),
    NOW,
    plainContext,
  );

test.for<SourceState>(['up', 'connecting', 'down', 'hostkey-changed', 'hostkey-unknown'])(
  'is silent about a host that is %s',
  (state) => {
    expect(check(state)).toEqual([]);
  },
);

test('finds a host that is auth-failed, with what the connection says', () => {
  expect(hostAuth.severity).toBe('critical');
  expect(check('auth-failed')).toMatchObject([
    {
      subject: 'host:omni1',
      evidence: { error: 'refused', from: 'ssh' },
      hint: 'see whether sshd runs',
    },
  ]);
});

test('has a hint of its own when the connection gives none', () => {
  const host = makeHost('omni1', {}, { ...lost, state: 'auth-failed', error: null });
  const [finding] = hostAuth.check(makeInventory({ hosts: [host] }), NOW, plainContext);
  expect(finding?.hint).not.toBe('');
  expect(finding?.evidence['error']).toBeNull();
});
