import { expect, test } from 'vitest';
import { paneViews } from '../../../src/registry.ts';
import { fieldsOf } from '../../../src/ui/table/shape.ts';

const views = Object.values(paneViews).flat();

test.each(views.map((view) => [view.id, view] as const))(
  'columns of %s are found by their ids, and what stands above a column is never unknown',
  (_, { columns }) => {
    const fields = fieldsOf(columns);
    for (const [index, { id, title }] of columns.entries()) {
      expect(fields.get(id)).toBe(index);
      expect(fields.has(title.toLowerCase().replaceAll(' ', ''))).toBe(true);
    }
  },
);

test('the processors of nodes are asked for as their column is called', () => {
  const nodes = views.find(({ id }) => id === 'nodes');
  const fields = fieldsOf(nodes?.columns ?? []);
  expect(nodes?.columns[fields.get('cpu') ?? -1]?.id).toBe('cpus');
});
