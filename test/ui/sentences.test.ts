import { expect, test } from 'vitest';
import { summarize } from '../../src/derive/summary.ts';
import { problemSentence, spokenDuration, summarySentences } from '../../src/ui/sentences.ts';
import { NOW } from '../support/inventory.ts';
import { problems, smallLab } from '../support/model.ts';

test.for([
  [0, 'now'],
  [1000, '1 second'],
  [462_000, '7 minutes 42 seconds'],
  [3 * 86_400_000 + 4 * 3_600_000 + 5000, '3 days 4 hours'],
] as const)('%i ms is said as %s', ([ms, words]) => {
  expect(spokenDuration(ms)).toBe(words);
});

test('a problem is one sentence with its severity, age, subject and what it folds', () => {
  const [host] = problems;
  expect(host && problemSentence(host, NOW)).toBe(
    'Critical, 7 minutes 42 seconds: host omni2: unreachable: port closed, 2 symptoms folded.',
  );
});

test('a thing on a host is called by its name first', () => {
  const [, zone] = problems;
  expect(zone && problemSentence(zone, NOW)).toContain(': zone vaultwarden on omni1: ');
});

test('the summary names roots only, what is blind, and never calls the unknown well', () => {
  const text = summarySentences(summarize(smallLab, problems, NOW), problems, NOW).join('\n');
  expect(text).toContain('2 problems.');
  expect(text).not.toContain('imap');
  expect(text).toContain('No data from omni2.');
  expect(text).toContain('2 of 3 hosts up.');
  expect(summarySentences(summarize(smallLab, [], NOW), [], NOW)[0]).toBe('No problem is known.');
});
