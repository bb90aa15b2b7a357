import { expect, test } from 'vitest';
import { hostShell } from '../../../src/resources/host/host-shell.hand-over.ts';
import { host, lab } from '../../support/inventory.ts';

const options = { escape: '~' };

test('the login shell of a host, also of one that does not answer', () => {
  const inventory = lab([host('omni1'), host('omni2', { source: { state: 'down' } })]);
  for (const name of ['omni1', 'omni2'] as const) {
    expect(hostShell.unavailable(`host:${name}`, inventory)).toBeUndefined();
    expect(hostShell.plan(`host:${name}`, inventory, options)).toMatchObject({
      host: name,
      place: name,
      argv: null,
      ends: 'exit',
    });
  }
});

test('a host that is no longer configured has none', () => {
  expect(hostShell.unavailable('host:gone', lab([]))).toMatch(/not configured/);
});
