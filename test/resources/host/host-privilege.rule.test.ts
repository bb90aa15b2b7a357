import { expect, test } from 'vitest';
import { hostPrivilege } from '../../../src/resources/host/host-privilege.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const denied = {
  status: 'denied',
  reason: 'fmadm: operation requires additional privilege',
  at: NOW,
  hides: 'faults',
  grant: 'echo granted',
} as const;
const check = (feeds: Parameters<typeof makeHost>[1]) =>
  hostPrivilege.check({}, makeHost('omni1', feeds), NOW, plainContext);

test('is silent about a host that denies nothing, and about what is not there', () => {
  expect(check({ faults: answered([]) })).toEqual([]);
  expect(check({ faults: { status: 'absent', reason: 'command not found', at: NOW } })).toEqual([]);
});

test('names what is hidden, and the line that grants it', () => {
  expect(check({ faults: denied })).toEqual([
    {
      subject: 'host:omni1',
      title: '1 question denied, hidden: faults',
      evidence: {
        faults: 'fmadm: operation requires additional privilege (hides faults)',
        from: 'omni1',
      },
      hint: 'labtop doctor prints the lines that grant it, such as: echo granted',
    },
  ]);
});

test('is one problem for all of them', () => {
  const found = check({ faults: denied, sensors: { ...denied, hides: 'temperatures' } });
  expect(found).toHaveLength(1);
  expect(found[0]?.title).toBe('2 questions denied, hidden: faults and more');
  expect(Object.keys(found[0]?.evidence ?? {})).toEqual(['faults', 'sensors', 'from']);
});
