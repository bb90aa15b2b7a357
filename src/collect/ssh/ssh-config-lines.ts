import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { wildcard } from './patterns.ts';

/** A line of ssh_config(5) that says something. */
export type ConfigLine = {
  /** In lower case. */
  readonly keyword: string;
  /** The rest of the line as it stands. */
  readonly rest: string;
  /** The same cut into words; undefined when a quote does not end. */
  readonly words: readonly string[] | undefined;
  /** From 1. */
  readonly number: number;
};

/** The lines of a configuration file; what is neither empty, nor a comment, nor `keyword value` is in `strange`. */
export function readConfigLines(text: string): {
  readonly lines: readonly ConfigLine[];
  readonly strange: number;
} {
  const lines: ConfigLine[] = [];
  let strange = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const [, name, rest] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+)(.*)$/.exec(raw) ?? [];
    if (name !== undefined && rest !== undefined)
      lines.push({
        keyword: name.toLowerCase(),
        rest,
        words: splitWords(rest),
        number: index + 1,
      });
    else if (!/^\s*(?:#.*)?$/.test(raw)) strange++;
  }
  return { lines, strange };
}

/** An Include: the files that it names now, and where others would appear. */
export type Included = { readonly files: readonly string[]; readonly folders: readonly string[] };

/** readconf.c, oInclude: names that are relative are sought in the folder of the first file, however deep it stands. */
export async function resolveInclude(
  name: string,
  topFile: string,
  home: string,
): Promise<Included> {
  const path = name.replace(/^~(?=\/|$)/, () => home);
  return await filesLike(path.startsWith('/') ? path : join(dirname(topFile), path));
}

/** glob(7) with `*` and `?`, in the order of names. */
async function filesLike(path: string): Promise<Included> {
  if (!/[*?]/.test(path)) return { files: [path], folders: [] };
  const folders: string[] = [];
  let found: readonly string[] = ['/'];
  for (const part of path.split('/').filter((word) => word !== '')) {
    const pattern = /[*?]/.test(part) ? wildcard(part) : null;
    const next: string[] = [];
    for (const folder of found) {
      if (pattern === null) next.push(join(folder, part));
      else {
        folders.push(folder);
        for (const name of (await namesIn(folder)).toSorted())
          if (pattern.test(name) && (!name.startsWith('.') || part.startsWith('.')))
            next.push(join(folder, name));
      }
    }
    found = next;
  }
  return { files: found, folders };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder);
  } catch {
    return [];
  }
}

/**
 * OpenSSH misc.c, argv_split: words, quoted with `"` or `'`, a backslash before a quote, a backslash or (outside
 * quotes) a space; a word that begins with `#` ends the line. undefined when a quote does not end.
 */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (quote === '' && /\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (sign === '\\' && (/["'\\]/.test(next) || (quote === '' && next === ' '))) {
      word = (word ?? '') + next;
      at++;
    } else if (quote === '' && sign === '#' && word === undefined) return words;
    else if (quote === '' && (sign === '"' || sign === "'")) {
      quote = sign;
      word ??= '';
    } else if (sign === quote && quote !== '') quote = '';
    else word = (word ?? '') + sign;
  }
  if (quote !== '') return undefined;
  return word === undefined ? words : [...words, word];
}
