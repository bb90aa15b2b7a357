import { expect, test } from 'vitest';
import type { SourceState } from '../../../src/domain/inventory.ts';
import { hostFrozen } from '../../../src/resources/host/host-frozen.rule.ts';
import { lost, makeHost, makeInventory, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (state: SourceState) =>
  hostFrozen.check(
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

test('finds a host that is frozen, with what the connection says', () => {
  expect(hostFrozen.severity).toBe('critical');
  expect(check('frozen')).toMatchObject([
    {
      subject: 'host:omni1',
      evidence: { error: 'refused', from: 'ssh' },
      hint: 'see whether sshd runs',
    },
  ]);
});

test('has a hint of its own when the connection gives none', () => {
  const host = makeHost('omni1', {}, { ...lost, state: 'frozen', error: null });
  const [finding] = hostFrozen.check(makeInventory({ hosts: [host] }), NOW, plainContext);
  expect(finding?.hint).not.toBe('');
  expect(finding?.evidence['error']).toBeNull();
});
