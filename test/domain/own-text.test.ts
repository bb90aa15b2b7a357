import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownText } from '../../src/domain/own-text.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heapUsed = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

test('says what it was given', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), (texts) => {
      expect(texts.map(ownText)).toEqual(texts);
    }),
  );
});

test('a name that was cut out of an answer does not keep the answer', () => {
  const before = heapUsed();
  const names = Array.from({ length: 50 }, (_, index) => {
    const answer = `${index}:a-name-of-more-than-twelve-letters-${index}:${'x'.repeat(1_000_000)}`;
    return ownText(answer.split(':')[1] ?? '');
  });
  expect(heapUsed() - before).toBeLessThan(10_000_000);
  expect(names).toHaveLength(50);
});

test('remembers a bounded number of texts', () => {
  for (let index = 0; index < 20_000; index += 1) ownText(`warm ${index}`);
  const before = heapUsed();
  for (let index = 0; index < 200_000; index += 1) ownText(`text number ${index}`);
  expect(heapUsed() - before).toBeLessThan(5_000_000);
});
