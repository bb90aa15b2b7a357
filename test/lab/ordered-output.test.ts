import { expect, test } from 'vitest';
import { createOrderedOutput } from '../../src/lab/ordered-output.ts';

test('one write is under way at a time, in the order of all streams, and the end comes last', () => {
  const output = createOrderedOutput();
  const sent: string[] = [];
  const ends: (() => void)[] = [];
  const stream = (name: string) => ({
    writable: true,
    write: (bytes: Buffer, done: () => void) => {
      sent.push(`${name} ${bytes.toString()}`);
      ends.push(done);
    },
  });
  const [stdout, stderr] = [stream('out'), stream('err')];
  output.write(stdout, Buffer.from('a'));
  output.write(stderr, Buffer.from('b'));
  output.write(stdout, Buffer.from('c'));
  output.afterAll(() => sent.push('end'));
  expect(sent).toEqual(['out a']);
  ends.shift()?.();
  expect(sent).toEqual(['out a', 'err b']);
  ends.shift()?.();
  expect(sent).toEqual(['out a', 'err b', 'out c']);
  ends.shift()?.();
  expect(sent).toEqual(['out a', 'err b', 'out c', 'end']);
  output.afterAll(() => sent.push('again'));
  expect(sent.at(-1)).toBe('again');
});

test('what has ended meanwhile is not written to, and holds nothing up', () => {
  const output = createOrderedOutput();
  const sent: string[] = [];
  const ends: (() => void)[] = [];
  const stream = (name: string) => ({
    writable: true,
    write: (bytes: Buffer, done: () => void) => {
      sent.push(`${name} ${bytes.toString()}`);
      ends.push(done);
    },
  });
  const [stdout, stderr] = [stream('out'), stream('err')];
  output.write(stdout, Buffer.from('a'));
  for (let index = 0; index < 20_000; index++) output.write(stderr, Buffer.from('b'));
  output.afterAll(() => sent.push('end'));
  stderr.writable = false;
  ends.shift()?.();
  expect(sent).toEqual(['out a', 'end']);
});
