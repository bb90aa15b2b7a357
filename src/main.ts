import { join } from 'node:path';
import { parseArgs } from './cli/args.ts';
import type { Invocation } from './cli/args.ts';
import { configDir } from './config/paths.ts';
import { builtinThemesDir, themeNames } from './config/theme-files.ts';
import { SNAPSHOT_PANES } from './derive/snapshot-text.ts';
import { SCENARIOS } from './lab/scenarios/scenarios.ts';
import { version } from './version.ts';

const out = (text: string): void => {
  process.stdout.write(text);
};
const err = (text: string): void => {
  process.stderr.write(text);
};

const themes = (): readonly string[] =>
  themeNames([builtinThemesDir(), join(configDir(process.env), 'themes')]);

/** Runs one command; each loads only what it needs. */
async function run(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const interactive = process.stdout.isTTY && process.stdin.isTTY;
  switch (invocation.command) {
    case 'console':
    case 'demo': {
      const demo = invocation.command === 'demo' ? invocation.options : null;
      if (interactive)
        return await (await import('./cli/run-console.ts')).runConsoleCommand(options, demo);
      const { runSnapshot } = await import('./cli/run-snapshot.ts');
      return await runSnapshot(
        { config: options.config, waitSeconds: null, json: false, pane: null, demo },
        out,
      );
    }
    case 'lab':
      return await (await import('./cli/run-lab.ts')).runLabCommand(invocation.options, out);
    case 'snapshot': {
      const { runSnapshot } = await import('./cli/run-snapshot.ts');
      return await runSnapshot(
        {
          ...invocation.options,
          pane: SNAPSHOT_PANES.find((pane) => pane === invocation.options.pane) ?? null,
        },
        out,
      );
    }
    case 'check':
      return await (await import('./cli/run-check.ts')).runCheck(invocation.options, out);
    case 'doctor':
      return await (await import('./cli/run-doctor.ts')).runDoctor(invocation.options, out);
    case 'config':
      return (await import('./cli/run-config.ts')).runConfig(
        invocation.verb,
        options.config,
        themes(),
        out,
        err,
      );
    case 'themes':
      return (await import('./cli/run-themes.ts')).runThemes(options.noColor, out, err);
  }
}

async function main(): Promise<number> {
  const parsed = parseArgs(process.argv.slice(2), process.env, {
    scenarios: SCENARIOS.map(({ name }) => name),
    panes: SNAPSHOT_PANES,
    themes: themes(),
  });
  if ('error' in parsed) {
    err(`labtop: ${parsed.error}\n`);
    return parsed.exitCode;
  }
  switch (parsed.command) {
    case 'help':
      out(parsed.text.endsWith('\n') ? parsed.text : `${parsed.text}\n`);
      return 0;
    case 'version':
      out(`labtop ${version}\n`);
      return 0;
    case 'console':
    case 'demo':
    case 'lab':
    case 'snapshot':
    case 'check':
    case 'doctor':
    case 'config':
    case 'themes':
      return await run(parsed);
  }
}

// A reader that stops, such as head(1), ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

main().then(
  (code) => {
    process.exitCode = code;
    // Output to a pipe is flushed before the process ends; nothing else may hold it.
    process.stdout.write('', () => process.exit(code));
  },
  (error: unknown) => {
    const isConfig = error instanceof Error && error.name === 'ConfigError';
    err(`labtop: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(isConfig ? 78 : 1);
  },
);
