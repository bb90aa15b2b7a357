import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';

/** What a session leaves to the next one. The lock is not part of it: every session starts locked. */
export type SessionState = {
  /** Id of the view that was open. */
  readonly view: string;
  readonly theme: string;
};

export type State = {
  /** null when nothing was stored, or something that is no text. */
  readonly get: <K extends keyof SessionState>(key: K) => SessionState[K] | null;
  /** Stores for the next session. Returns what went wrong, if anything; the value then lasts for this session. */
  readonly set: <K extends keyof SessionState>(
    key: K,
    value: SessionState[K],
  ) => string | undefined;
  /** What went wrong when the state was opened. */
  readonly warning: string | undefined;
};

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Moves a file that is no JSON object out of the way, as FILE.corrupt. Returns what to tell the user. */
function setAside(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return missing ? undefined : `cannot read the state: ${reason(error)}`;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  } catch {
    // Falls through to the same end as JSON that is no object.
  }
  try {
    renameSync(file, `${file}.corrupt`);
    return `${file} was not readable and is kept as ${file}.corrupt`;
  } catch (error) {
    return `${file} is not readable and cannot be moved: ${reason(error)}`;
  }
}

function openStore(dir: string): { store?: Conf<Partial<SessionState>>; warning?: string } {
  try {
    const store = new Conf<Partial<SessionState>>({
      cwd: dir,
      configName: 'state',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
    });
    return { store };
  } catch (error) {
    return { warning: `the state cannot be kept: ${reason(error)}` };
  }
}

/** The session state in `dir`/state.json. Never throws: without a readable or writable file it lives in memory. */
export function createState(dir: string): State {
  const aside = setAside(join(dir, 'state.json'));
  const { store, warning } = openStore(dir);
  const session = new Map<keyof SessionState, string>();
  const stored = (key: keyof SessionState): unknown => {
    try {
      return store?.get(key);
    } catch {
      // Damaged since it was opened; the next write replaces it.
      return undefined;
    }
  };
  return {
    warning: aside ?? warning,
    get: (key) => {
      const value = session.get(key) ?? stored(key);
      return typeof value === 'string' ? value : null;
    },
    set: (key, value) => {
      session.set(key, value);
      if (store === undefined) return warning;
      try {
        store.set({ [key]: value });
        return undefined;
      } catch (error) {
        return `the state cannot be kept: ${reason(error)}`;
      }
    },
  };
}
