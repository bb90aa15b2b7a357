import { expect, test } from 'vitest';
import { bindView } from '../../../src/domain/view.ts';
import { eventView } from '../../../src/resources/event/event.view.ts';
import { allColumns, columnsFor, planColumns } from '../../../src/ui/paint/columns.ts';

const { columns } = bindView(eventView);

test('a message can be read in every width, and what it is about where there is room for both', () => {
  for (let width = 30; width <= 300; width += 1) {
    const { placed } = planColumns(columns, width, columnsFor(columns, allColumns, 1));
    const cells = new Map(placed.map((each) => [each.column.id, each.width]));
    expect(cells.get('message'), String(width)).toBeGreaterThanOrEqual(24);
    expect(cells.has('object'), String(width)).toBe(width >= 43);
    expect(cells.has('reason'), String(width)).toBe(width >= 78);
  }
});
