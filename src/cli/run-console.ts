import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renderIssues } from '../config/issue.ts';
import type { ConfigIssue } from '../config/issue.ts';
import { createLedgerFile, readLedgerTail } from '../config/ledger-file.ts';
import { defaultSettings } from '../config/load-config.ts';
import { configDir, defaultConfigPath, stateDir } from '../config/paths.ts';
import { createState } from '../config/state.ts';
import { builtinThemesDir } from '../config/theme-files.ts';
import { createThemeShelf, watchThemes } from '../config/theme-shelf.ts';
import { watchConfig } from '../config/watch-config.ts';
import { createLog, logSources } from '../log.ts';
import type { CommonOptions, LabOptions } from './args.ts';
import { openSettings, readSettingsText, usesLab } from './with-lab.ts';

/** Actions of earlier sessions that are shown. */
const EARLIER_ACTIONS = 20;

/** `labtop` and `labtop demo` in a terminal. */
export async function runConsoleCommand(
  options: CommonOptions,
  demo: LabOptions | null,
): Promise<number> {
  // What the terminal can do is told by the environment as it was.
  const env = { ...process.env };
  // Ink's colours are taken apart again by the compositor, which knows the terminal.
  process.env['FORCE_COLOR'] = '3';
  const onLab = demo !== null || usesLab(options.config);
  const file = options.config ?? defaultConfigPath(process.env);
  const read = onLab ? null : readSettingsText(file);
  const settings = read?.settings ?? defaultSettings();
  if (process.env['INK_SCREEN_READER'] === 'true') return await runForReader(options, demo);
  const { runConsole } = await import('../console.tsx');
  const log = options.log === null ? null : createLog(options.log);
  const folder = stateDir(process.env);
  const state = createState(folder);
  const userThemes = join(configDir(process.env), 'themes');
  const theme = options.theme ?? state.get('theme') ?? settings.ui.theme;
  let release = () => {};
  return await runConsole({
    themes: createThemeShelf([builtinThemesDir(), userThemes]),
    theme,
    env,
    banner: onLab ? 'embedded lab, not your hosts' : null,
    readOnly: options.readOnly,
    noColor: options.noColor,
    ascii: options.ascii,
    settings,
    ledger: createLedgerFile(folder, Date.now),
    earlier: () => readLedgerTail(folder, EARLIER_ACTIONS),
    saved: state.get('view'),
    save: (text) => {
      state.set('view', text);
    },
    saveTheme: (name) => {
      state.set('theme', name);
    },
    open: async () => {
      const [{ startSources }, { createKeyRing }, opened] = await Promise.all([
        import('../sources.ts'),
        import('../collect/ssh/key-ring.ts'),
        onLab
          ? openSettings(null, demo ?? { scenario: null, scale: null, seed: null })
          : Promise.resolve({ settings, release: () => {} }),
      ]);
      release = opened.release;
      // A change of the configuration does not ask for passphrases again.
      const keyRing = createKeyRing();
      return {
        settings: opened.settings,
        connect: (wanted) => {
          const sources = startSources(wanted, { canAsk: true, keyRing });
          if (log !== null) logSources(sources, log);
          return sources;
        },
      };
    },
    follow: (onSettings, onThemes) => {
      const stopThemes = watchThemes(userThemes, onThemes);
      const stopConfig =
        read === null
          ? () => {}
          : watchConfig(
              file,
              ({ settings: changed, issues }) =>
                onSettings(
                  issues.length > 0
                    ? { kind: 'broken', text: briefly(issues) }
                    : { kind: 'good', settings: changed },
                ),
              read,
            );
      return () => {
        stopThemes();
        stopConfig();
      };
    },
    release: () => release(),
    crashLog: (error) => writeCrash(folder, error),
  });
}

/** The first of several issues, with the name of its file, which is one that the user has just edited. */
const briefly = (issues: readonly ConfigIssue[]): string => {
  const [first = '', ...others] = renderIssues(
    issues.map((issue) => ({ ...issue, file: basename(issue.file) })),
  ).split('\n');
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
};

/** The same sources as sentences, without a full screen. */
async function runForReader(options: CommonOptions, demo: LabOptions | null): Promise<number> {
  const [{ startSources }, { runLinear }, opened] = await Promise.all([
    import('../sources.ts'),
    import('../linear.ts'),
    openSettings(options.config, demo),
  ]);
  const sources = startSources(opened.settings, { canAsk: true });
  try {
    return await runLinear(sources, (text) => {
      process.stdout.write(text);
    });
  } finally {
    opened.release();
    await sources.close();
  }
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
