import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostCommands } from '../../../src/registry.ts';
import { createLabInventory } from '../lab-inventory.ts';

const RESOURCES = join(import.meta.dirname, '../../resources');

/** The fixtures of a command: all files of the folder that has its name. */
function fixturesOf(id: string): readonly string[] {
  const folder = readdirSync(RESOURCES)
    .map((kind) => join(RESOURCES, kind, id))
    .find((path) => existsSync(path));
  if (folder === undefined) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, name), 'utf8'));
}

/** For each command what hosts answer to it: its own fixtures, and what a host of the lab says. */
export async function commandSamples(): Promise<ReadonlyMap<string, readonly string[]>> {
  const lab = await createLabInventory({ samples: 2 });
  return new Map(
    hostCommands.map(({ id }) => {
      const answers = [...fixturesOf(id), lab.printed(id) ?? ''];
      return [id, answers.filter((text, index) => text !== '' && answers.indexOf(text) === index)];
    }),
  );
}
