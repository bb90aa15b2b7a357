import { expect, test } from 'vitest';
import { createChromeSource } from '../../src/ui/chrome-source.ts';
import { createScreen } from '../../src/ui/screen.ts';
import { themeNamed } from '../support/counting-terminal.ts';
import { tones } from '../support/drawn.ts';
import { model } from '../support/model.ts';

test('a layout that says the same in another object is looked into once, and Ink is not told', () => {
  const source = createChromeSource();
  const screen = createScreen(() => tones);
  const shown = model({});
  let prints = 0;
  let told = 0;
  const laid = () => ({
    ...screen.layout(shown, 120, 40),
    toJSON: () => {
      prints += 1;
      return screen.layout(shown, 120, 40);
    },
  });
  let layout = laid();
  const refresh = () =>
    source.refresh(shown, { ...screen, layout: () => layout }, themeNamed('midnight'), 120, 40);
  refresh();
  source.subscribe(() => {
    told += 1;
  });
  layout = laid();
  refresh();
  expect(prints).toBe(2);
  refresh();
  refresh();
  expect([prints, told]).toEqual([2, 0]);
});
