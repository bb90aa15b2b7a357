import { basename, join } from 'node:path';
import type { Theme } from '../domain/theme.ts';
import { jsonFiles } from './theme-files.ts';
import { loadThemes } from './themes.ts';
import { pollFile } from './watch-config.ts';
import type { WatchFile } from './watch-config.ts';

/** The themes at hand. One that cannot be read any more stays as it was. */
export type ThemeShelf = {
  readonly named: (name: string) => Theme | undefined;
  readonly names: () => readonly string[];
  /** What is wrong with a file, in one line; null when nothing is. */
  readonly trouble: () => string | null;
  /** Reads the files again. */
  readonly read: () => void;
};

/** @param folders in order: a later theme with the same name replaces an earlier one */
export function createThemeShelf(folders: readonly string[]): ThemeShelf {
  const known = new Map<string, Theme>();
  let trouble: string | null = null;
  const read = (): void => {
    const { themes, issues } = loadThemes(folders);
    const broken = new Set(issues.map(({ file }) => basename(file, '.json')));
    for (const name of known.keys()) if (!broken.has(name)) known.delete(name);
    for (const [name, theme] of themes)
      if (!broken.has(name) || !known.has(name)) known.set(name, theme);
    const [first, ...others] = issues;
    trouble = first
      ? `${basename(first.file)}: ${first.key === '' ? '' : `${first.key}: `}${first.message}${others.length === 0 ? '' : `, and ${others.length} more`}`
      : null;
  };
  read();
  return {
    named: (name) => known.get(name),
    names: () => [...known.keys()].toSorted(),
    trouble: () => trouble,
    read,
  };
}

/** Calls back when a theme of a folder is new, gone or edited; returns the end of it. */
export function watchThemes(
  folder: string,
  onChange: () => void,
  watch: WatchFile = pollFile(),
): () => void {
  let stops: readonly (() => void)[] = [];
  const stop = (): void => {
    for (const each of stops) each();
  };
  // A folder's time does not change when one of its files is edited in place.
  const start = (): void => {
    stops = [folder, ...jsonFiles(folder).map((name) => join(folder, name))].map((path) =>
      watch(path, () => {
        stop();
        start();
        onChange();
      }),
    );
  };
  start();
  return stop;
}
