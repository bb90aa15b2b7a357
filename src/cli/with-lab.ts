import { renderIssues } from '../config/issue.ts';
import { loadConfig, parseConfig, readConfigText } from '../config/load-config.ts';
import { defaultConfigPath } from '../config/paths.ts';
import { startDemoLab } from '../demo-lab.ts';
import type { DemoOptions } from '../demo-lab.ts';
import type { Settings } from '../domain/settings.ts';

/** What is to be watched, and what has to be ended afterwards. */
export type Opened = {
  readonly settings: Settings;
  readonly demo: boolean;
  readonly release: () => void;
};

/** A configuration that cannot be used; the message names every place. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * The settings of a file, with the text that they were read from.
 * @throws {ConfigError}
 */
export function readSettingsText(file: string): {
  readonly settings: Settings;
  readonly text: string;
} {
  const read = readConfigText(file);
  const result = 'text' in read ? parseConfig(read.text, file) : read;
  if ('text' in read && 'settings' in result) return { settings: result.settings, text: read.text };
  throw new ConfigError(renderIssues('issues' in result ? result.issues : []));
}

/**
 * The settings of a file.
 * @throws {ConfigError}
 */
export const readSettings = (file: string): Settings => readSettingsText(file).settings;

/** true when there is no configuration and none was asked for, so that the embedded lab is shown. */
export const usesLab = (config: string | null): boolean => {
  if (config !== null) return false;
  const result = loadConfig(defaultConfigPath(process.env));
  return 'issues' in result && result.missing;
};

/**
 * The settings to run on: those of the file, or those of an embedded lab that is started for it.
 * @throws {ConfigError} and when the lab does not come up.
 */
export async function openSettings(
  config: string | null,
  demo: DemoOptions | null,
): Promise<Opened> {
  if (demo === null && !usesLab(config))
    return {
      settings: readSettings(config ?? defaultConfigPath(process.env)),
      demo: false,
      release: () => {},
    };
  const lab = startDemoLab(demo ?? { scenario: null, scale: null, seed: null });
  try {
    const { config: file, release } = await lab.ready;
    return { settings: readSettings(file), demo: true, release };
  } catch (error) {
    lab.release();
    throw error;
  }
}
