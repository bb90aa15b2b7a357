import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLedgerFile } from '../config/ledger-file.ts';
import { defaultSettings } from '../config/load-config.ts';
import { configDir, defaultConfigPath, stateDir } from '../config/paths.ts';
import { builtinThemesDir, loadThemes } from '../config/themes.ts';
import type { Theme } from '../domain/theme.ts';
import { createLog, logSources } from '../log.ts';
import type { CommonOptions, LabOptions } from './args.ts';
import { openSettings, readSettings, usesLab } from './with-lab.ts';

/** The theme of that name. @throws when there is none. */
export function themeNamed(name: string): Theme {
  const { themes } = loadThemes([builtinThemesDir(), join(configDir(process.env), 'themes')]);
  const theme = themes.get(name);
  if (!theme) throw new Error(`no theme ${name}; there are: ${[...themes.keys()].join(', ')}`);
  return theme;
}

/** `labtop` and `labtop demo` in a terminal. */
export async function runConsoleCommand(
  options: CommonOptions,
  demo: LabOptions | null,
): Promise<number> {
  // Ink's colours are taken apart again by the compositor, which knows the terminal.
  process.env['FORCE_COLOR'] = '3';
  const onLab = demo !== null || usesLab(options.config);
  const settings = onLab
    ? defaultSettings()
    : readSettings(options.config ?? defaultConfigPath(process.env));
  const { runConsole } = await import('../console.tsx');
  const log = options.log === null ? null : createLog(options.log);
  let release = () => {};
  const folder = stateDir(process.env);
  return await runConsole({
    theme: themeNamed(options.theme ?? settings.ui.theme),
    banner: onLab ? 'embedded lab, not your hosts' : null,
    readOnly: options.readOnly,
    noColor: options.noColor,
    ascii: options.ascii,
    mouse: settings.ui.mouse,
    keys: settings.ui.keys,
    ledger: createLedgerFile(folder, Date.now),
    open: async () => {
      const [{ startSources }, opened] = await Promise.all([
        import('../sources.ts'),
        onLab
          ? openSettings(null, demo ?? { scenario: null, scale: null, seed: null })
          : Promise.resolve({ settings, release: () => {} }),
      ]);
      release = opened.release;
      const sources = startSources(opened.settings);
      if (log !== null) logSources(sources, log);
      return sources;
    },
    release: () => release(),
    crashLog: (error) => writeCrash(folder, error),
  });
}

function writeCrash(folder: string, error: unknown): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'crash.log');
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    writeFileSync(file, `${new Date().toISOString()}\n${text}\n`, { mode: 0o600, flag: 'a' });
    return file;
  } catch {
    // A full disk must not hide the crash itself.
    return null;
  }
}
