import type { Argv } from '../../domain/command.ts';
import type { HostSettings } from '../../domain/settings.ts';
import { quoteArgv } from './quote-argv.ts';
import { option, reach } from './ssh-arguments.ts';
import type { HostNamed } from './ssh-arguments.ts';

export type HandOverArgvOptions = {
  /** The program on the host; null for the login shell. */
  readonly argv: Argv | null;
  /** Where ssh writes what it has to say (`-E`); null leaves it to the terminal. */
  readonly logFile: string | null;
  readonly hostNamed: HostNamed;
};

/**
 * The arguments of ssh(1) that hand a terminal to a host, or to a program there. The user's ssh configuration decides
 * whatever the settings do not, as it does for the sampler; an unknown or changed host key is refused. `-e none`,
 * because escape sequences belong to what runs at the other end; a line that is silent ends after 30 s instead.
 * @throws {RangeError} if a word of `argv` holds NUL, CR or LF.
 */
export function handOverArgv(
  settings: HostSettings,
  { argv, logFile, hostNamed }: HandOverArgvOptions,
): readonly string[] {
  return [
    '-tt',
    '-e',
    'none',
    ...(logFile === null ? [] : ['-E', logFile]),
    ...option('LogLevel', 'INFO'),
    ...option('RemoteCommand', 'none'),
    ...option('ServerAliveInterval', '5'),
    ...option('ServerAliveCountMax', '6'),
    ...reach(settings, hostNamed),
    '--',
    settings.name,
    ...(argv === null ? [] : [quoteArgv(argv)]),
  ];
}
