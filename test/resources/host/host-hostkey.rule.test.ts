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

test('which keys they are stands in the evidence, not in the title', () => {
  const error = {
    code: 'key-changed',
    message: 'host key of omni1 changed: it shows ssh-ed25519 SHA256:new',
    hint: 'ssh-keygen -R omni1',
  } as const;
  const source = { ...lost, state: 'hostkey-changed', error } as const;
  const inventory = makeInventory({ hosts: [makeHost('omni1', {}, source)] });
  expect(hostHostkey.check(inventory, NOW, plainContext)).toMatchObject([
    {
      title: 'host key changed',
      evidence: { error: error.code, says: error.message },
      hint: error.hint,
    },
  ]);
});
