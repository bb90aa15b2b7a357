import { expect, test } from 'vitest';
import type { Ref } from '../../../src/domain/ref.ts';
import {
  dropGone,
  goneText,
  markRange,
  marksText,
  noMarks,
  toggleMark,
} from '../../../src/ui/table/marks.ts';

const refs: readonly Ref[] = ['zone:a/1', 'zone:a/2', 'zone:a/3', 'zone:a/4'];

test('a mark is set and taken away', () => {
  const one = toggleMark(noMarks, 'zone:a/1');
  expect([...one]).toEqual(['zone:a/1']);
  expect(toggleMark(one, 'zone:a/1').size).toBe(0);
  expect(noMarks.size).toBe(0);
});

test('a range goes from the anchor to the cursor, in either direction, and keeps other marks', () => {
  expect([...markRange(noMarks, refs, 'zone:a/2', 'zone:a/4')]).toEqual(refs.slice(1));
  expect([...markRange(noMarks, refs, 'zone:a/3', 'zone:a/1')]).toEqual(refs.slice(0, 3));
  expect([...markRange(new Set(['zone:a/4']), refs, 'zone:a/1', 'zone:a/2')]).toEqual([
    'zone:a/4',
    'zone:a/1',
    'zone:a/2',
  ]);
});

test('an anchor that is gone leaves the cursor alone to be marked', () => {
  expect([...markRange(noMarks, refs, 'zone:a/gone', 'zone:a/2')]).toEqual(['zone:a/2']);
  expect([...markRange(noMarks, refs, null, 'zone:a/2')]).toEqual(['zone:a/2']);
  expect(markRange(noMarks, refs, 'zone:a/1', 'zone:a/gone')).toBe(noMarks);
});

test('marks of things that are gone are dropped and told', () => {
  const marks = new Set<Ref>(['zone:a/1', 'zone:a/2']);
  expect(dropGone(marks, () => true).marks).toBe(marks);
  const { marks: left, gone } = dropGone(marks, (ref) => ref !== 'zone:a/2');
  expect([...left]).toEqual(['zone:a/1']);
  expect(goneText(gone)).toBe('zone 2 on a is gone, no longer marked');
  expect(goneText([...refs, 'zone:a/5'])).toBe(
    'zone 1 on a, zone 2 on a, zone 3 on a and 2 more are gone, no longer marked',
  );
});

test('the title says how many are marked and how many of them are not seen', () => {
  const marks = new Set<Ref>(['zone:a/1', 'zone:a/2']);
  expect(marksText(noMarks, () => true)).toBe('');
  expect(marksText(marks, () => true)).toBe('marked 2');
  expect(marksText(marks, (ref) => ref === 'zone:a/1')).toBe('marked 2 (1 hidden)');
});
