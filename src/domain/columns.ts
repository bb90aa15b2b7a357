import { age, shortDuration, UNKNOWN } from './format.ts';
import type { EpochMs } from './time.ts';
import type { Column } from './view.ts';

/** The cluster that a row is of, where there are several: names are told apart by it. */
export const clusterColumn = <Row extends { readonly cluster: string | null }>(): Column<Row> => ({
  id: 'cluster',
  title: 'CLUSTER',
  width: 10,
  // Only the name and the state matter more.
  priority: 0.5,
  isForSeveral: true,
  text: ({ cluster }) => cluster ?? UNKNOWN,
  tone: () => 'muted',
});

/** The namespace that an object is in. */
export const namespaceColumn = <Row extends { readonly namespace: string }>(
  priority: number,
): Column<Row> => ({
  id: 'namespace',
  title: 'NAMESPACE',
  width: 16,
  priority,
  text: ({ namespace }) => namespace,
  tone: () => 'muted',
});

/** What an object is called; it grows as far as names do. */
export const nameColumn = <Row extends { readonly name: string }>(least: number): Column<Row> => ({
  id: 'name',
  title: 'NAME',
  width: 'grow',
  least,
  most: 44,
  priority: 0,
  text: ({ name }) => name,
});

/** For how long an object has been there, by its `metadata.creationTimestamp`. */
export const createdColumn = <Row extends { readonly createdAt: EpochMs | null }>(
  priority: number,
): Column<Row> => ({
  id: 'created',
  title: 'UP',
  width: 5,
  align: 'right',
  priority,
  text: ({ createdAt }, now) => (createdAt === null ? UNKNOWN : shortDuration(now - createdAt)),
  value: ({ createdAt }) => createdAt,
  unit: 'since',
});

/** How old the data of a row is. */
export const ageColumn = <Row extends { readonly at: EpochMs | null; readonly fresh: boolean }>(
  priority: number,
): Column<Row> => ({
  id: 'age',
  title: 'AGE',
  width: 5,
  align: 'right',
  priority,
  text: ({ at }, now) => age(at, now),
  value: ({ at }) => at,
  unit: 'since',
  tone: ({ fresh }) => (fresh ? 'muted' : 'warn'),
});
