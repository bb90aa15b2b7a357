import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the themes that come with the program, found from the sources and from the built bundle. */
export function builtinThemesDir(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'themes', 'midnight.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the themes folder of the program is missing');
    folder = parent;
  }
  return join(folder, 'themes');
}

/** The names of the JSON files of a folder, sorted; none when there is no such folder. */
export const jsonFiles = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch {
    // The user need not have such a folder.
    return [];
  }
};

/** The names that `ui.theme` and `--theme` may have, without reading the files. */
export const themeNames = (folders: readonly string[]): readonly string[] =>
  [...new Set(folders.flatMap(jsonFiles).map((name) => name.slice(0, -'.json'.length)))].toSorted();
