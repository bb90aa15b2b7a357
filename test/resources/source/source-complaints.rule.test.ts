import { expect, test } from 'vitest';
import { sourceComplaints } from '../../../src/resources/source/source-complaints.rule.ts';
import { host, lab, NOW, ok, zone } from '../../support/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const answer = ok([zone('etcd1')]);
const inventory = (complaints: readonly { line: number; text: string; reason: string }[]) =>
  lab([
    host('omni1', {
      feeds: { zones: answer.status === 'ok' ? { ...answer, complaints } : answer },
    }),
  ]);

test('an answer that was understood raises nothing', () => {
  expect(sourceComplaints.check(inventory([]), NOW, plainContext)).toEqual([]);
});

test('lines that were not understood are counted, and the first is quoted', () => {
  const reason = 'expected 7 fields, found 1';
  expect(
    sourceComplaints.check(
      inventory([
        { line: 3, text: 'garbage', reason },
        { line: 4, text: 'more', reason },
      ]),
      NOW,
      plainContext,
    ),
  ).toEqual([
    {
      subject: 'source:omni1/zones',
      title: `2 lines were not understood: ${reason}`,
      evidence: { question: 'zones', complaints: 2, line: 3, text: 'garbage', from: 'omni1' },
      hint: expect.any(String) as string,
    },
  ]);
});

test('what fails has another rule', () => {
  const failed = {
    status: 'failed',
    at: NOW,
    error: { code: 'section', message: '', hint: '' },
  } as const;
  expect(
    sourceComplaints.check(lab([host('omni1', { feeds: { zones: failed } })]), NOW, plainContext),
  ).toEqual([]);
});
