import { renderIssues } from '../config/issue.ts';
import { loadConfig } from '../config/load-config.ts';
import { defaultConfigPath } from '../config/paths.ts';
import { jsonSchema } from '../config/schema.ts';

/** sysexits.h EX_CONFIG. */
export const EX_CONFIG = 78;

/** `labtop config path|check|schema`. */
export function runConfig(
  verb: 'path' | 'check' | 'schema',
  config: string | null,
  themes: readonly string[],
  out: (text: string) => void,
  err: (text: string) => void,
): number {
  const file = config ?? defaultConfigPath(process.env);
  switch (verb) {
    case 'path':
      out(`${file}\n`);
      return 0;
    case 'schema':
      out(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
      return 0;
    case 'check': {
      const result = loadConfig(file, { themes });
      if ('issues' in result) {
        err(`${renderIssues(result.issues)}\n`);
        return EX_CONFIG;
      }
      const { hosts, clusters, groups } = result.settings;
      if (result.notes.length > 0) err(`${renderIssues(result.notes)}\n`);
      out(
        `${file}: valid; ${hosts.length} hosts, ${clusters.length} clusters, ${groups.length} groups\n`,
      );
      return 0;
    }
  }
}
