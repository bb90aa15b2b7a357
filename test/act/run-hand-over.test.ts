import { expect, test } from 'vitest';
import type { LedgerAfter, LedgerBefore } from '../../src/act/ledger.ts';
import { runHandOver } from '../../src/act/run-hand-over.ts';
import type { HandOverEnd } from '../../src/act/run-hand-over.ts';
import type { HandOverPlan } from '../../src/domain/hand-over.ts';

const plan: HandOverPlan = {
  handOver: 'zone.console',
  subject: 'zone:omni1/etcd1',
  place: 'etcd1',
  host: 'omni1',
  argv: ['pfexec', '/usr/sbin/zlogin', '-C', 'etcd1'],
  ends: 'escape',
  fingerprint: 'uuid id 7',
};

function bench(
  end: HandOverEnd,
  fails: { readonly before?: boolean; readonly after?: boolean } = {},
) {
  const lines: (LedgerBefore | LedgerAfter)[] = [];
  let now = 1000;
  const write = (isFailing: boolean | undefined) => (entry: LedgerBefore | LedgerAfter) => {
    if (isFailing === true) return Promise.reject(new Error('disk full'));
    lines.push(entry);
    return Promise.resolve();
  };
  let taken = 0;
  const run = runHandOver(plan, {
    ledger: { before: write(fails.before), after: write(fails.after) },
    clock: { now: () => now, sleep: () => Promise.resolve() },
    actor: { user: 'ops', from: 'jump' },
    take: () => {
      taken += 1;
      now += 61_000;
      return Promise.resolve(end);
    },
  });
  return { run, lines, taken: () => taken };
}

test('the ledger has a line before and one after, without what was done or seen', async () => {
  const { run, lines } = bench({ kind: 'exit', code: 0, log: 'secret text' });
  expect(await run).toEqual({
    kind: 'ended',
    text: '',
    exitCode: 0,
    durationMs: 61_000,
    ledgerError: null,
  });
  const entry = {
    kind: 'hand-over',
    run: '1970-01-01T00:00:01.000Z zone.console zone:omni1/etcd1',
    user: 'ops',
    from: 'jump',
    action: 'zone.console',
    subject: 'zone:omni1/etcd1',
    host: 'omni1',
    argv: plan.argv,
    fingerprint: 'uuid id 7',
  };
  expect(lines).toEqual([
    entry,
    { ...entry, outcome: 'ended', reason: 'ended after 1m01s', exitCode: 0, durationMs: 61_000 },
  ]);
});

test('what cannot be written down does not happen', async () => {
  const { run, taken } = bench({ kind: 'exit', code: 0, log: '' }, { before: true });
  expect(await run).toEqual({
    kind: 'refused',
    reason: 'the ledger cannot be written, nothing was opened: disk full',
  });
  expect(taken()).toBe(0);
});

test('a second line that fails is told', async () => {
  const { run } = bench({ kind: 'exit', code: 0, log: '' }, { after: true });
  expect(await run).toMatchObject({ kind: 'ended', ledgerError: 'disk full' });
});

test.each([
  [{ kind: 'exit', code: 3, log: '' }, 'ended', 'ended with exit code 3'],
  [
    {
      kind: 'exit',
      code: 255,
      log: 'No ED25519 host key is known for omni1\r\nHost key \u001B[31mverification failed.\r\n',
    },
    'failed',
    'ssh to omni1 failed: No ED25519 host key is known for omni1; Host key verification failed.',
  ],
  [
    { kind: 'exit', code: 255, log: '' },
    'failed',
    'the connection to omni1 was closed from its end',
  ],
  [{ kind: 'signal', signal: 'SIGKILL' }, 'failed', 'ssh was ended by SIGKILL'],
  [{ kind: 'not-started', reason: 'no room' }, 'failed', 'no room'],
] as const)('%j is told as it was', async (end, kind, text) => {
  const { run, lines } = bench(end);
  expect(await run).toMatchObject({ kind, text });
  expect(lines.at(-1)).toMatchObject({ outcome: kind, reason: text });
});
