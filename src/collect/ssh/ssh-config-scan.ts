import { hash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { homeFolder } from './local-user.ts';
import { defaultConfigFiles, MAX_INCLUDE_DEPTH } from './ssh-config-files.ts';
import { readConfigLines, resolveInclude } from './ssh-config-lines.ts';
import type { ConfigLine } from './ssh-config-lines.ts';

/** The files of the ssh configuration at one moment, those behind Include among them, wherever that stands. */
export type ConfigScan = {
  /** Those that are there. */
  readonly files: ReadonlySet<string>;
  /** Files and folders whose change may change what the configuration says. */
  readonly watched: readonly string[];
  /** Another one when anything in the files is different. */
  readonly fingerprint: string;
  /** The patterns of each Host line, in order. */
  readonly hostLines: readonly (readonly string[])[];
  /** Of the names of hosts nothing but the Host lines takes notice, apart from what a token says. */
  readonly isByHostLines: boolean;
  /** A value depends on the port by a token. */
  readonly saysPort: boolean;
};

/** Their value is of no interest to whoever reads where a host is, and may hold any token. */
const NOT_READ = new Set(['controlpath', 'localcommand', 'remotecommand']);

/** Reads them all. What cannot be read or understood makes `isByHostLines` false. Never rejects. */
export async function scanConfigFiles(env: NodeJS.ProcessEnv): Promise<ConfigScan> {
  const home = homeFolder(env);
  const files = new Set<string>();
  const watched = new Set<string>();
  const texts: string[] = [];
  const hostLines: (readonly string[])[] = [];
  let isByHostLines = true;
  let saysPort = false;

  const include = async (
    words: readonly string[],
    topFile: string,
    depth: number,
  ): Promise<void> => {
    for (const name of words) {
      // Only ssh knows what these become.
      if (/[%$[\]{}\\]|^~[^/]/.test(name)) isByHostLines = false;
      const included = await resolveInclude(name, topFile, home);
      for (const folder of included.folders) watched.add(folder);
      for (const file of included.files) await scan(file, topFile, depth + 1);
    }
  };

  const scan = async (file: string, topFile: string, depth: number): Promise<void> => {
    watched.add(file);
    const text = await textOf(file);
    if (text === null) isByHostLines = false;
    if (text === null || text === undefined) return;
    files.add(file);
    texts.push(`${file}\n${text}`);
    const { lines, strange } = readConfigLines(text);
    if (strange > 0 || text.includes('\0')) isByHostLines = false;
    for (const line of lines) {
      if (!isIndifferent(line)) isByHostLines = false;
      if (!NOT_READ.has(line.keyword) && line.rest.includes('%p')) saysPort = true;
      if (line.keyword === 'host') hostLines.push(line.words ?? []);
      if (line.keyword !== 'include') continue;
      // What is included twice is read twice, as ssh does; a circle ends there, and here.
      if (depth >= MAX_INCLUDE_DEPTH || texts.length > MOST_FILES) isByHostLines = false;
      else await include(line.words ?? [], topFile, depth);
    }
  };

  for (const file of defaultConfigFiles(env)) await scan(file, file, 0);
  return {
    files,
    watched: [...watched],
    fingerprint: hash('sha1', texts.join('\0'), 'base64'),
    hostLines,
    isByHostLines,
    saysPort,
  };
}

/** A file that names itself twice would be read without end. */
const MOST_FILES = 1_000;

/** Whether it says the same of each host for which it holds, but for tokens that show. */
function isIndifferent({ keyword, words, rest }: ConfigLine): boolean {
  if (words === undefined) return false;
  switch (keyword) {
    case 'match':
      return words.length === 1 && words[0]?.toLowerCase() === 'all';
    case 'canonicalizehostname':
      return /^(?:no|false)$/i.test(words[0] ?? '');
    default:
      // A hash of the name: nobody would see the name in it.
      return NOT_READ.has(keyword) || !rest.includes('%C');
  }
}

/** undefined: there is none; null: it cannot be read. */
async function textOf(file: string): Promise<string | null | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : null;
  }
}
