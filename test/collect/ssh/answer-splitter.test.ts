import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAnswerSplitter } from '../../../src/collect/ssh/answer-splitter.ts';

const LAST = 'unix:0:system_misc:snaptime\t';

function split(pieces: readonly Buffer[]) {
  const answers: string[] = [];
  let dropped = 0;
  const push = createAnswerSplitter({
    lastLine: LAST,
    now: () => 7,
    onAnswer: ({ text, beganAt, bytes }, more) => {
      expect(beganAt).toBe(7);
      expect(bytes).toBe(Buffer.byteLength(text));
      answers.push(text);
      dropped += more;
    },
  });
  for (const piece of pieces) push(piece);
  return { answers, dropped };
}

const frame = (index: number): string =>
  `cpu:0:sys:idle\t${index}\nzones:1:ü:zonename\tüß\n${LAST}${index}.5\n`;

test('frames come whole however they are cut, the empty line between them belongs to none', () => {
  const stream = Buffer.from([0, 1, 2].map((index) => frame(index)).join('\n'));
  fc.assert(
    fc.property(fc.array(fc.nat({ max: stream.length })), (places) => {
      const at = [...new Set(places)].sort((a, b) => a - b);
      const pieces = [0, ...at].map((from, index) => stream.subarray(from, at[index]));
      const { answers, dropped } = split(pieces);
      expect(answers.length + dropped).toBe(3);
      expect(answers.at(-1)).toBe(frame(2));
      for (const answer of answers)
        expect([0, 1, 2].map((index) => frame(index))).toContain(answer);
    }),
  );
});

test('of several frames in one piece the newest counts, and the others are counted', () => {
  const all = [0, 1, 2].map((index) => frame(index)).join('\n');
  expect(split([Buffer.from(all)])).toEqual({ answers: [frame(2)], dropped: 2 });
});

test('half a frame is no answer', () => {
  expect(split([Buffer.from(frame(0).slice(0, -1))])).toEqual({ answers: [], dropped: 0 });
});

test('a frame that does not end is given up at a megabyte, and the next whole one is taken', () => {
  const noise = Buffer.from(`x:0:y:z\t1\n`.repeat(1000));
  const pieces = Array.from({ length: 300 }, () => noise);
  const result = split([...pieces, Buffer.from(`${LAST}1.5\n\n${frame(4)}`)]);
  expect(result).toEqual({ answers: [frame(4)], dropped: 1 });
});

test('a line that does not end is given up as well', () => {
  const piece = Buffer.alloc(100_000, 'x');
  const pieces = Array.from({ length: 30 }, () => piece);
  const result = split([...pieces, Buffer.from(`\n${LAST}1\n`), Buffer.from(frame(5))]);
  expect(result).toEqual({ answers: [frame(5)], dropped: 1 });
});
