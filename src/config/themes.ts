import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Theme, ToneName } from '../domain/theme.ts';
import { type ConfigIssue, showPath } from './issue.ts';
import { jsonFiles } from './theme-files.ts';

export { builtinThemesDir, themeNames } from './theme-files.ts';

/** Every meaning that a theme draws; a superset of the tones of views. */
export const TONE_NAMES = [
  'plain',
  'muted',
  'ok',
  'warn',
  'bad',
  'unknown',
  'info',
  'accent',
  'title',
  'frame',
  'frameFocused',
  'selection',
  'header',
  'locked',
  'unlocked',
  'stale',
  'key',
] as const satisfies readonly ToneName[];

const hex = z.string().regex(/^#[0-9a-f]{6}$/i, { error: 'not a colour such as #f38ba8' });
const ansiIndex = z.int().min(0).max(15);

const toneSchema = z.strictObject({
  fg: hex.optional(),
  bg: hex.optional(),
  ansi: ansiIndex.optional(),
  ansiBg: ansiIndex.optional(),
  bold: z.boolean().optional(),
  dim: z.boolean().optional(),
  inverse: z.boolean().optional(),
  underline: z.boolean().optional(),
});

const themeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'not a name in lower case' }),
  kind: z.enum(['dark', 'light']),
  background: hex,
  tones: z.record(z.enum(TONE_NAMES), toneSchema),
});

/** Reads a theme from the text of its file. Never throws. */
export function parseTheme(
  text: string,
  file: string,
): { readonly theme: Theme } | { readonly issues: readonly ConfigIssue[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return { issues: [{ file, line: 0, column: 0, key: '', message }] };
  }
  const result = z.safeParse(themeSchema, value);
  if (result.success) return { theme: result.data };
  const issues = result.error.issues.map(({ path, message }) => ({
    file,
    line: 0,
    column: 0,
    key: showPath(path.map((part) => (typeof part === 'number' ? part : String(part)))),
    message: message.charAt(0).toLowerCase() + message.slice(1),
  }));
  return { issues };
}

/** Themes by name, and what was wrong with the files that are not among them. */
export type Themes = {
  readonly themes: ReadonlyMap<string, Theme>;
  readonly issues: readonly ConfigIssue[];
};

function readTheme(file: string): ReturnType<typeof parseTheme> {
  try {
    return parseTheme(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { issues: [{ file, line: 0, column: 0, key: '', message }] };
  }
}

/**
 * Reads the themes of `folders`, in order; a later one with the same name replaces an earlier one, so that a
 * user's theme wins: `[builtinThemesDir(), join(configDir(env), 'themes')]`. The name is the file's name.
 */
export function loadThemes(folders: readonly string[]): Themes {
  const themes = new Map<string, Theme>();
  const issues: ConfigIssue[] = [];
  for (const folder of folders) {
    for (const name of jsonFiles(folder)) {
      const file = join(folder, name);
      const read = readTheme(file);
      if ('issues' in read) issues.push(...read.issues);
      else if (`${read.theme.name}.json` === name) themes.set(read.theme.name, read.theme);
      else {
        const message = `must be the file's name without .json, found "${read.theme.name}"`;
        issues.push({ file, line: 0, column: 0, key: 'name', message });
      }
    }
  }
  return { themes, issues };
}
