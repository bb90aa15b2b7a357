import { expect, test } from 'vitest';
import { bindView } from '../../src/domain/view.ts';
import { zoneView } from '../../src/resources/zone/zone.view.ts';
import { columnMenu } from '../../src/ui/column-menu.ts';
import { allColumns } from '../../src/ui/paint/columns.ts';
import { menuKey } from '../../src/ui/palette/menu.ts';

const zones = bindView(zoneView);

test('the column menu says what is shown, and stays open', () => {
  const menu = columnMenu(zones, { columns: ['name', 'cpu'], offset: null });
  const notes = Object.fromEntries(menu.entries.map(({ label, note }) => [label, note]));
  expect(notes).toMatchObject({ ZONE: '● shown', HOST: '○ hidden' });
  const result = menuKey(menu, 'h');
  expect(result).toMatchObject({
    run: { kind: 'column', column: 'host' },
    state: { id: 'columns' },
  });
});

test('without a choice every column is shown', () => {
  const { entries } = columnMenu(zones, allColumns);
  expect(entries.every(({ note }) => note === '● shown')).toBe(true);
});
