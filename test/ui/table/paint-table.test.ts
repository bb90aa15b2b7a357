import { expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/domain/format.ts';
import { CellBuffer } from '../../../src/term/cell-buffer.ts';
import { asciiGlyph } from '../../../src/term/glyphs.ts';
import { createStyles } from '../../../src/term/style.ts';
import { paintTable } from '../../../src/ui/paint/table.ts';
import type { TableOptions } from '../../../src/ui/paint/table.ts';
import { createTones } from '../../../src/ui/tones.ts';
import { NOW } from '../../support/inventory.ts';
import { midnight, model } from '../../support/model.ts';
import { items, listView } from './list-view.ts';

const tones = createTones(createStyles('truecolor'), midnight);

function draw(change: Partial<TableOptions>, width = 40): readonly string[] {
  const { view, holding } = listView();
  const buffer = new CellBuffer(width, 5);
  const rows = view.rows(holding(items(3)), NOW);
  paintTable({ buffer, tones }, { x: 0, y: 0, width, height: 5 }, model(), view, rows, {
    selected: 'host:item1',
    top: 0,
    header: true,
    focused: true,
    empty: '',
    ...change,
  });
  return buffer.text().split('\n');
}

test('marked rows have a star in front, the selected one an arrow', () => {
  const [, first, second, third] = draw({ marks: new Set(['host:item0', 'host:gone']) });
  expect(first).toMatch(/^\*● item0/);
  expect(second).toMatch(/^>● item1/);
  expect(third).toMatch(/^ ● item2/);
  expect(draw({ marks: new Set(['host:item1']) })[2]).toMatch(/^\*● item1/);
});

test('the header shows by what and in which direction is sorted, beside the title', () => {
  const sort = [
    { column: 'cpu', descending: true },
    { column: 'name', descending: false },
  ];
  expect(draw({ sort })[0]).toMatch(/NAME▴ +▾CPU%$/);
  expect(draw({})[0]).toMatch(/NAME +CPU%$/);
});

test('the signs of sorting have distinct twins in ASCII, and none of them means a warning', () => {
  expect([asciiGlyph('▴'), asciiGlyph('▾'), asciiGlyph('▲')]).toEqual(['^', 'v', '!']);
});

test('what is unknown and what there is none of are told apart in ASCII', () => {
  expect(asciiGlyph(UNKNOWN)).not.toBe(asciiGlyph('-'));
});

test('ages are those of the moment in which they are drawn', () => {
  const { view, holding } = listView({
    columns: [
      { id: 'name', title: 'AGE', width: 8, priority: 0, text: (_, now) => String(now - NOW) },
    ],
  });
  const rows = view.rows(holding(items(1)), NOW);
  const buffer = new CellBuffer(20, 1);
  paintTable(
    { buffer, tones },
    { x: 0, y: 0, width: 20, height: 1 },
    model({ now: NOW + 4000 }),
    view,
    rows,
    { selected: null, top: 0, header: false, focused: false, empty: '' },
  );
  expect(buffer.text()).toContain('4000');
});
