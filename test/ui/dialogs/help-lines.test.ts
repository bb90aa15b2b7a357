import { expect, test } from 'vitest';
import { helpLines } from '../../../src/ui/dialogs/help-lines.ts';
import { model } from '../../support/model.ts';

test.for([36, 60, 84, 106])('the help cuts no word of any key at %i columns', (width) => {
  const shown = model({});
  const lines = helpLines(shown, width).map((line) => line.map(({ text }) => text).join(''));
  const half = Math.floor(width / (width >= 84 ? 2 : 1));
  const columns = [0, half].map((from) =>
    lines.map((line) => line.slice(from + 14, from + half).trim()).join(' '),
  );
  const cut = shown.keymap.bindings
    .filter(({ keys, label }) => keys.length > 0 && columns.every((text) => !text.includes(label)))
    .map(({ label }) => label);
  expect(cut).toEqual([]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
});
