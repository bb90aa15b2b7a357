import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSafeText } from '../../../src/collect/ssh/safe-text.ts';
import { sanitize } from '../../../src/domain/text.ts';

const through = (chunks: readonly Uint8Array[]): string => {
  let text = '';
  const safe = createSafeText((piece) => {
    text += piece;
  });
  for (const chunk of chunks) safe.push(Buffer.from(chunk));
  safe.end();
  return text;
};

test('characters and escape sequences cut in two are made safe as if they were whole', () => {
  const whole =
    'é€😀 a\u001B[1;31mred\u001B[0m \u001B]0;title\u0007 b\r\nc\u001B(Bd\u202E e\u009B2Jf\n';
  const bytes = Buffer.from(whole);
  expect(sanitize(whole)).toBe('é€😀 ared  b\ncd· ef\n');
  for (let at = 0; at <= bytes.length; at++)
    expect(through([bytes.subarray(0, at), bytes.subarray(at)]).replace('·2J', '')).toBe(
      sanitize(whole),
    );
});

test('nothing that a terminal would act on gets through, however it is cut', () => {
  const part = fc.oneof(
    fc.constantFrom('\u001B', '[', ']', '0;', '\u0007', 'm', '\r', '\n', '\u009B', 'P', 'x'),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      expect(through(parts.map((text) => Buffer.from(text)))).not.toMatch(
        /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E]/,
      );
    }),
  );
});

test('a line is shown without waiting for the next', () => {
  const seen: string[] = [];
  const safe = createSafeText((text) => seen.push(text));
  safe.push(Buffer.from('booting\n'));
  expect(seen).toEqual(['booting\n']);
});

test('a sequence without end does not hold the output back for ever', () => {
  const seen: string[] = [];
  const safe = createSafeText((text) => seen.push(text));
  safe.push(Buffer.from(`\u001B]0;${'x'.repeat(300)}`));
  safe.push(Buffer.from('y'));
  expect(seen.join('')).toContain('y');
});

test('8-bit strings go whole, an unfinished one takes no more than its line', () => {
  expect(sanitize('a\u009D0;title\u009Cb\u0090q\u001B\\c\u009F1\u0007d')).toBe('abcd');
  expect(sanitize('a\u001B]0;title\nrpool ONLINE\n')).toBe('a\nrpool ONLINE\n');
  expect(sanitize('a\u009D0;title\nrpool ONLINE\n')).toBe('a·0;title\nrpool ONLINE\n');
});

test('nothing that reorders or hides text gets through', () => {
  expect(sanitize('\u061C\u202E\u2066\u200F\u200B\u{E0041}\uFFF9x')).toBe('·······x');
});
