import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameParser } from '../../../src/collect/ssh/framing.ts';
import type { FrameParserOptions, Section } from '../../../src/collect/ssh/framing.ts';

const nonce = '0123456789abcdef';
const begin = (seq: number): Buffer => Buffer.from(`\n\u001E${nonce} B ${seq}\n`);
const end = (seq: number, code: number): Buffer =>
  Buffer.from(`\n\u001E${nonce} E ${seq} ${code}\n`);

function parse(
  chunks: readonly Buffer[],
  options: Partial<FrameParserOptions> = {},
): { sections: Section[]; noise: Buffer; pieces: Buffer; tooLarge: number[] } {
  const sections: Section[] = [];
  const noise: Buffer[] = [];
  const pieces: Buffer[] = [];
  const tooLarge: number[] = [];
  const parser = createFrameParser({
    nonce,
    stream: 'stdout',
    limitBytes: 1024 * 1024,
    onSection: (section) => sections.push(section),
    onNoise: (bytes) => noise.push(bytes),
    onPiece: (piece) => pieces.push(piece),
    onTooLarge: (bytes) => tooLarge.push(bytes),
    ...options,
  });
  for (const chunk of chunks) parser.push(chunk);
  return { sections, noise: Buffer.concat(noise), pieces: Buffer.concat(pieces), tooLarge };
}

/** Bytes that look like what the parser looks for. */
const hostile = fc.constantFrom(
  Buffer.from('\n'),
  Buffer.from('\n\n'),
  Buffer.from('\n\u001E'),
  Buffer.from(`\n\u001E${nonce.slice(0, 15)}`),
  Buffer.from(`\n\u001Efedcba9876543210 E 1 0\n`),
  Buffer.from(`\n\u001E${nonce}`),
  Buffer.from(`\n\u001E${nonce} `),
  Buffer.from(`\n\u001E${nonce} X 1 0\n`),
  Buffer.from(`\n\u001E${nonce} B 1\n`),
  Buffer.from(`\n\u001E${nonce} E 999 0\n`),
  Buffer.from(`\n\u001E${nonce} E 1\n`),
  Buffer.from(`\n\u001E${nonce} E 1 0`),
  Buffer.from([0, 0xff, 0x1b, 0x9b]),
);
const payload = fc
  .array(
    fc.oneof(
      hostile,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => Buffer.concat(parts));

/** The bytes cut at any places. */
const cut = (data: Buffer, places: readonly number[]): Buffer[] => {
  const at = [...new Set(places.map((place) => place % (data.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => data.subarray(from, at[index] ?? data.length));
};

test('any payload arrives byte for byte, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ payload, code: fc.integer({ min: 0, max: 300 }) }), { maxLength: 4 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (asked, places) => {
        const stream = Buffer.concat(
          asked.flatMap(({ payload, code }, index) => [
            begin(index + 10),
            payload,
            end(index + 10, code),
          ]),
        );
        const { sections } = parse(cut(stream, places));
        expect(sections.map(({ seq, code }) => ({ seq, code }))).toEqual(
          asked.map(({ code }, index) => ({ seq: index + 10, code })),
        );
        for (const [index, section] of sections.entries())
          expect(section.payload.equals(asked[index]?.payload ?? Buffer.alloc(0))).toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});

test('a stream split at every single position gives the same sections', () => {
  const stream = Buffer.concat([
    Buffer.from('motd\n'),
    begin(1),
    Buffer.from(`a\n\n\u001E${nonce} E 2 0\nb\n`),
    end(1, 3),
    begin(2),
    end(2, 0),
  ]);
  const whole = parse([stream]);
  expect(whole.sections).toHaveLength(2);
  for (let at = 0; at <= stream.length; at++) {
    const { sections, noise } = parse([stream.subarray(0, at), stream.subarray(at)]);
    expect(sections).toEqual(whole.sections);
    expect(noise.toString()).toBe('motd\n');
  }
  const bytes = [...stream].map((byte) => Buffer.from([byte]));
  expect(parse(bytes).sections).toEqual(whole.sections);
});

test('on stderr everything before an end mark belongs to its section', () => {
  const { sections } = parse(
    [Buffer.from('warning'), end(1, 0), Buffer.from('a\n'), end(2, 1), end(3, 0)],
    { stream: 'stderr' },
  );
  expect(sections.map(({ seq, payload }) => [seq, payload.toString()])).toEqual([
    [1, 'warning'],
    [2, 'a\n'],
    [3, ''],
  ]);
});

test('a section beyond the limit is counted, not kept, and said once', () => {
  const { sections, tooLarge } = parse(
    [
      begin(1),
      ...Array.from({ length: 50 }, () => Buffer.alloc(10, 'x')),
      end(1, 0),
      begin(2),
      end(2, 0),
    ],
    { limitBytes: 100 },
  );
  expect(sections.map(({ bytes, payload }) => [bytes, payload.length])).toEqual([
    [500, 0],
    [0, 0],
  ]);
  expect(tooLarge).toEqual([110]);
});

test('output is handed on while its section is open, a line end without delay', () => {
  const pieces: string[] = [];
  const parser = createFrameParser({
    nonce,
    stream: 'stdout',
    limitBytes: 1024,
    onSection: () => {},
    onPiece: (piece) => pieces.push(piece.toString()),
  });
  parser.push(begin(1));
  parser.push(Buffer.from('booting\n'));
  expect(pieces.join('')).toBe('booting\n');
  parser.push(Buffer.from('done\n'));
  parser.push(end(1, 0));
  expect(pieces.join('')).toBe('booting\ndone\n');
});

test('what an open section has so far can be read, its last line end included', () => {
  const parser = createFrameParser({
    nonce,
    stream: 'stderr',
    limitBytes: 1024,
    onSection: () => {},
  });
  parser.push(Buffer.from('no such zone\n'));
  expect(parser.partial().toString()).toBe('no such zone\n');
});
