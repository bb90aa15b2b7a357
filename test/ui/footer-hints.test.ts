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

test('a dry run is offered for what actions are for', () => {
  const { keymap } = model({});
  const words = (kind: string | null, context: 'table' | 'confirm' = 'table') =>
    footerHints(keymap, context, kind, 300).map(({ key, word }) => `${key} ${word}`);
  expect(words('zone')).toContain('D dry-run');
  for (const kind of ['host', 'pod', null]) expect(words(kind)).not.toContain('D dry-run');
  expect(words('zone', 'confirm')).not.toContain('D dry-run');
});
