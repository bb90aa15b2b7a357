import { expect, test } from 'vitest';
import { hostPrograms } from '../../../src/resources/host/host-commands.rule.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const missing = (program: string, hides: string) =>
  ({ status: 'absent', reason: `command not found: ${program}`, at: NOW, program, hides }) as const;
const check = (feeds: Parameters<typeof makeHost>[1]) =>
  hostPrograms.check({}, makeHost('omni1', feeds), NOW, plainContext);

test('is silent about a host that has everything', () => {
  expect(check({ faults: answered([]) })).toEqual([]);
});

test('is silent about what there is nothing to ask about, and about a part that the host does not have', () => {
  expect(
    check({
      topologySensors: { status: 'absent', reason: 'ipmitool tells', at: NOW, unasked: true },
      sensors: { status: 'absent', reason: 'no such device', at: NOW },
    }),
  ).toEqual([]);
});

test('names the programs once, and what each question would tell', () => {
  const found = check({
    faults: missing('pfexec', 'faults'),
    crashDumps: missing('pfexec', 'crash dumps'),
    sensors: missing('ipmitool', 'temperatures'),
  });
  expect(found).toMatchObject([
    {
      subject: 'host:omni1',
      title: 'not installed: pfexec, ipmitool',
      evidence: {
        faults: 'without pfexec: faults',
        crashDumps: 'without pfexec: crash dumps',
        sensors: 'without ipmitool: temperatures',
      },
    },
  ]);
});
