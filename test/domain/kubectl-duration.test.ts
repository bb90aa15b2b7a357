import { expect, test } from 'vitest';
import { kubectlDuration } from '../../src/domain/format.ts';
import { humanDuration } from '../../src/lab/kube/time.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

test.for([
  [0, '0s'],
  [119 * SECOND, '119s'],
  [2 * MINUTE, '2m'],
  [5 * MINUTE + 30 * SECOND, '5m30s'],
  [179 * MINUTE, '179m'],
  [5 * HOUR + 10 * MINUTE, '5h10m'],
  [47 * HOUR, '47h'],
  [3 * DAY + 4 * HOUR, '3d4h'],
  [8 * DAY + 4 * HOUR, '8d'],
  [400 * DAY, '400d'],
  [770 * DAY, '2y40d'],
  [2_920 * DAY, '8y'],
] as const)('%d ms is %s, as kubectl prints it', ([span, text]) => {
  expect(kubectlDuration(span)).toBe(text);
});

test('the lab, whose kubectl is the real one, prints the same', () => {
  for (let span = 0; span < 3_000 * DAY; span = span * 1.03 + 700)
    expect(kubectlDuration(span)).toBe(humanDuration(span));
});
