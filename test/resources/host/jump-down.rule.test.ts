import { expect, test } from 'vitest';
import { explain } from '../../../src/derive/causes.ts';
import type { Inventory, SourceStatus } from '../../../src/domain/inventory.ts';
import { hostUnreachable } from '../../../src/resources/host/host-unreachable.rule.ts';
import { jumpDown } from '../../../src/resources/host/jump-down.rule.ts';
import { lost, makeHost, makeInventory, makeProblem, NOW, source } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const behind: SourceStatus = {
  ...lost,
  error: {
    code: 'jump:refused',
    message: 'via gate: port closed: gate:22',
    hint: 'is sshd running?',
    jump: 'gate',
  },
};
const hosts = (count: number, status: SourceStatus = behind) =>
  Array.from({ length: count }, (_, index) => makeHost(`omni${index + 1}`, {}, status));
const check = (inventory: Inventory) => jumpDown.check(inventory, NOW, plainContext);

/** As the engine does: what both rules find, with its causes. */
const explained = (inventory: Inventory) =>
  explain(
    [hostUnreachable, jumpDown].flatMap((rule) =>
      rule
        .check(inventory, NOW, plainContext)
        .map(({ subject, began }) =>
          makeProblem(rule.id, subject, { severity: 'critical', since: began ?? NOW }),
        ),
    ),
    inventory,
  );

test('fifty hosts behind a jump host that is gone are one problem', () => {
  const inventory = makeInventory({ hosts: [...hosts(50), makeHost('near')] });
  expect(check(inventory)).toMatchObject([
    {
      subject: 'source:jump/gate',
      title: 'no way through the jump host gate: 50 hosts behind it are lost',
      began: NOW - 60_000,
      evidence: {
        error: 'via gate: port closed: gate:22',
        hosts: 50,
        lostSeconds: 60,
        from: 'ssh',
      },
      hint: 'is sshd running?',
    },
  ]);
  const problems = explained(inventory);
  expect(problems).toHaveLength(51);
  expect(problems.filter(({ cause }) => cause === null)).toMatchObject([
    { rule: 'jump.down', folds: { hosts: 50 } },
  ]);
});

test('a jump host that is watched itself and lost is that one problem', () => {
  const gate = makeHost('gate', {}, lost);
  const inventory = makeInventory({ hosts: [...hosts(3), gate] });
  expect(check(inventory)).toEqual([]);
  expect(explained(inventory).filter(({ cause }) => cause === null)).toMatchObject([
    { rule: 'host.unreachable', subject: 'host:gate', folds: { hosts: 3 } },
  ]);
});

test('one that is watched and reached, but lets nobody through, is the subject', () => {
  const inventory = makeInventory({ hosts: [...hosts(2), makeHost('gate')] });
  expect(check(inventory)).toMatchObject([{ subject: 'host:gate' }]);
});

test.for<[string, Inventory]>([
  ['one host alone', makeInventory({ hosts: hosts(1) })],
  ['hosts that are lost by themselves', makeInventory({ hosts: hosts(3, lost) })],
  [
    'hosts that still connect',
    makeInventory({ hosts: hosts(3, { ...behind, state: 'connecting' }) }),
  ],
  ['hosts that are up again', makeInventory({ hosts: hosts(3, source()) })],
])('%s: nothing is said of a jump host', ([, inventory]) => {
  expect(check(inventory)).toEqual([]);
});
