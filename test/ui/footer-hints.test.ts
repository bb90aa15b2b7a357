import { expect, test } from 'vitest';
import { footerHints } from '../../src/ui/chrome/footer-hints.ts';
import { model } from '../support/model.ts';

test('on the overview there is nothing to go back to: the last line tells how to quit', () => {
  const { keymap } = model({});
  const shown = (context: 'overview' | 'table') =>
    footerHints(keymap, context, null, 300).filter(({ word }) => /^(?:back|quit)$/.test(word));
  expect(shown('overview')).toEqual([{ key: 'q', word: 'quit', press: 'q' }]);
  expect(shown('table')).toEqual([{ key: 'esc', word: 'back', press: 'esc' }]);
});
