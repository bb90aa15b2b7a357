import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScript } from '../../../src/lab/shell/parse-script.ts';
import { IncompleteScript, ScriptSyntaxError } from '../../../src/lab/shell/syntax.ts';
import { createBench, runOn } from '../shell-harness.ts';

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const doubleQuote = (text: string): string => `"${text.replace(/[$`"\\]/g, '\\$&')}"`;
const backslash = (text: string): string => text.replace(/[^]/gu, (one) => `\\${one}`);
const printable = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => !/[\0\n\r]/.test(text) && Buffer.from(text).toString() === text);

test('any text comes back unchanged through each way of quoting, once and twice', async () => {
  const bench = createBench();
  await fc.assert(
    fc.asyncProperty(printable, async (text) => {
      for (const word of [quote(text), doubleQuote(text), text === '' ? "''" : backslash(text)]) {
        const once = await runOn(bench, 'omni1', `printf %s ${word}`);
        expect(once).toStrictEqual({ code: 0, stdout: text, stderr: '' });
        const twice = await runOn(bench, 'omni1', `eval ${quote(`printf %s ${word}`)}`);
        expect(twice.stdout).toBe(text);
      }
    }),
    { numRuns: 60 },
  );
});

test('a text that ends inside something waits for more, and is complete at no cut before its end', () => {
  const script = `zr() {\n  (trap - TERM; eval "$2") </dev/null; zrc=$?\n}\nif true; then echo 'a\nb'; fi\n`;
  expect(parseScript(script)).toHaveLength(2);
  for (const part of [
    "echo 'a",
    'echo "a',
    '(true',
    '{ true',
    'if true; then',
    'echo $(true',
    'true &&',
    'true |',
  ])
    expect(() => parseScript(part)).toThrow(IncompleteScript);
});

test.for([')', 'echo )', 'fi', '}', 'then', '; ;', '| cat', '&& true', 'echo <', 'cat <<x'])(
  'a text that is no script is refused: %s',
  (text) => {
    expect(() => parseScript(text)).toThrow(
      text === 'echo <' ? IncompleteScript : ScriptSyntaxError,
    );
  },
);

test('parsing of any text ends with a script or a known error', () => {
  const pieces = fc.array(
    fc.constantFrom(
      'if',
      'then',
      'fi',
      ' ',
      '\n',
      ';',
      '&&',
      '|',
      '(',
      ')',
      '{',
      '}',
      "'",
      '"',
      '\\',
      '$',
      '$(',
      '${',
      'a=',
      'x',
      '>',
      '2>&1',
      '#',
    ),
    { maxLength: 14 },
  );
  const isUnderstood = (text: string): boolean => {
    try {
      parseScript(text);
      return true;
    } catch (error) {
      return error instanceof IncompleteScript || error instanceof ScriptSyntaxError;
    }
  };
  fc.assert(
    fc.property(pieces, (texts) => {
      expect(isUnderstood(texts.join(''))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
