import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { THRESHOLDS } from '../src/domain/thresholds.ts';
import {
  actions,
  clusterWatches,
  handOvers,
  hostCommands,
  paneViews,
  rules,
} from '../src/registry.ts';

const ROOT = resolve(import.meta.dirname, '..');
const RESOURCES = join(ROOT, 'src/resources');
const files = readdirSync(RESOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const having = (suffix: string) => files.filter((file) => file.endsWith(`.${suffix}.ts`));

/** Whatever a file exports that looks like a descriptor. */
async function idsOf(file: string): Promise<readonly string[]> {
  const exported = (await import(join(RESOURCES, file))) as Record<string, unknown>;
  return Object.values(exported).flatMap((value) => {
    if (typeof value !== 'object' || value === null) return [];
    return 'id' in value ? [String(value.id)] : 'feed' in value ? [String(value.feed)] : [];
  });
}

const VIEWS = Object.values(paneViews).flatMap((views) => views.map(({ id }) => id));

test.for([
  ['command', hostCommands.map(({ id }) => id)],
  ['watch', clusterWatches.map(({ feed }) => feed)],
  ['rule', rules.map(({ id }) => id)],
  ['action', actions.map(({ id }) => id)],
  ['hand-over', handOvers.map(({ id }) => id)],
  // What labtop says of its own sources is no resource.
  ['view', VIEWS.filter((id) => id !== 'doctor')],
] as const)('every %s is registered, once', async ([suffix, registered]) => {
  const found = (await Promise.all(having(suffix).map(idsOf))).flat();
  expect(found.length).toBeGreaterThan(0);
  expect([...registered].toSorted()).toEqual(found.toSorted());
});

test.for(['command', 'watch', 'rule', 'action', 'hand-over'] as const)(
  'every %s has its twin test',
  (suffix) => {
    for (const file of having(suffix)) {
      const twin = join(ROOT, 'test/resources', file.replace(/\.ts$/, '.test.ts'));
      expect(existsSync(twin), twin).toBe(true);
    }
  },
);

test('limits of a rule are those that the configuration knows under its id', () => {
  const known: Readonly<Record<string, unknown>> = THRESHOLDS;
  const strange = rules.filter(({ id, limits }) => limits && limits !== known[id]);
  expect(strange.map(({ id }) => id)).toEqual([]);
});
