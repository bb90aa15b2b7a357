import { join } from 'node:path';
import { Chalk, supportsColor } from 'chalk';
import type { ColorSupportLevel } from 'chalk';
import { renderIssues } from '../config/issue.ts';
import { configDir } from '../config/paths.ts';
import { builtinThemesDir, loadThemes } from '../config/themes.ts';
import type { Theme, ToneStyle } from '../domain/theme.ts';

const SAMPLE = [
  ['title', 'hosts'],
  ['ok', '● omni1'],
  ['plain', 'cpu 31%'],
  ['warn', '▲ store1'],
  ['bad', '✗ omni2 unreachable'],
  ['unknown', '? etcd2'],
  ['muted', '7m42s'],
  ['accent', '▁▂▅▇'],
  ['key', 'L'],
] as const;

/** Each theme's name, kind, and a line drawn in it. */
export function drawThemes(themes: Iterable<Theme>, level: ColorSupportLevel): string {
  const chalk = new Chalk({ level });
  const paint = ({ fg, bold, dim, inverse, underline }: ToneStyle, text: string): string => {
    let ink = fg === undefined ? chalk : chalk.hex(fg);
    if (bold) ink = ink.bold;
    if (dim) ink = ink.dim;
    if (inverse) ink = ink.inverse;
    if (underline) ink = ink.underline;
    return ink(text);
  };
  return [...themes]
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(
      (theme) =>
        `${theme.name.padEnd(20)} ${theme.kind.padEnd(6)} ${SAMPLE.map(([tone, text]) => paint(theme.tones[tone], text)).join('  ')}\n`,
    )
    .join('');
}

/** `labtop themes`. */
export function runThemes(
  noColor: boolean,
  out: (text: string) => void,
  err: (text: string) => void,
): number {
  const { themes, issues } = loadThemes([
    builtinThemesDir(),
    join(configDir(process.env), 'themes'),
  ]);
  out(drawThemes(themes.values(), noColor || !supportsColor ? 0 : supportsColor.level));
  if (issues.length > 0) err(`${renderIssues(issues)}\n`);
  return 0;
}
