import { expect, test } from 'vitest';
import { bindView } from '../../../src/domain/view.ts';
import { nodeView } from '../../../src/resources/node/node.view.ts';
import { allColumns, columnsFor, planColumns } from '../../../src/ui/paint/columns.ts';

const { columns } = bindView(nodeView);
const fitted = (width: number) =>
  new Map(
    planColumns(columns, width, columnsFor(columns, allColumns, 1)).placed.map(
      ({ column, width: cells }) => [column.id, cells],
    ),
  );

test('on 80 cells what nodes use stays before what they are made of', () => {
  expect([...fitted(78).keys()]).toEqual(['name', 'status', 'pods', 'cpus', 'mem', 'age']);
});

test('a wide screen has room for long names, and for what is said of a node that is cordoned', () => {
  expect(fitted(198).get('name')).toBeGreaterThanOrEqual(30);
  expect(fitted(198).get('status')).toBeGreaterThanOrEqual('NotReady,SchedulingDisabled'.length);
});
