import type { HostSettings } from '../../domain/settings.ts';
import { hopSettings, parseJumps } from './jump-spec.ts';
import { quoteWord } from './quote-argv.ts';

/** The settings of a jump host that is itself a host of labtop. */
export type HostNamed = (name: string) => HostSettings | undefined;

/** Jump hosts behind jump hosts, as ssh allows them. */
const MAX_HOPS = 8;

/** `-o NAME=VALUE` of ssh(1). */
export const option = (name: string, value: string): readonly string[] => [
  '-o',
  `${name}=${value}`,
];

/**
 * The options of ssh(1) by which a host is found and entered; the same for jump hosts. ssh takes the first value of
 * an option: `inFront` stands before these, for jump hosts of labtop's own configuration too.
 */
export const reach = (
  settings: HostSettings,
  hostNamed: HostNamed,
  inFront: readonly string[] = [],
): readonly string[] => reachBehind(settings, hostNamed, inFront, [settings.name]);

function reachBehind(
  settings: HostSettings,
  hostNamed: HostNamed,
  inFront: readonly string[],
  before: readonly string[],
): readonly string[] {
  const { address, port, user, identityFiles, knownHostsFiles, agent } = settings;
  return [
    ...inFront,
    ...option('StrictHostKeyChecking', 'yes'),
    ...option('UpdateHostKeys', 'no'),
    ...option('ConnectTimeout', '10'),
    ...option('BatchMode', 'no'),
    // A connection of its own: a master that hangs could not be left, and one that is made would stay behind.
    ...option('ControlMaster', 'no'),
    ...option('ControlPath', 'none'),
    ...option('ClearAllForwardings', 'yes'),
    ...option('ForwardAgent', 'no'),
    ...option('ForwardX11', 'no'),
    ...(address === null ? [] : option('HostName', address)),
    ...(port === null ? [] : ['-p', String(port)]),
    ...(user === null ? [] : ['-l', user]),
    ...(identityFiles.length === 0 ? [] : option('IdentitiesOnly', 'yes')),
    ...identityFiles.flatMap((file) => ['-i', file]),
    ...(agent === null ? [] : option('IdentityAgent', quoteFile(agent))),
    ...(knownHostsFiles.length === 0
      ? []
      : [
          ...option('UserKnownHostsFile', knownHostsFiles.map(quoteFile).join(' ')),
          ...option('GlobalKnownHostsFile', '/dev/null'),
        ]),
    ...proxy(settings, hostNamed, inFront, before),
  ];
}

/** ssh_config(5): arguments with blanks stand in double quotes. */
const quoteFile = (file: string): string =>
  /[\s"'\\#=]/.test(file) ? `"${file.replace(/["\\]/g, String.raw`\$&`)}"` : file;

/**
 * A jump host of labtop's own configuration is entered as that says, which `-J` cannot: its options are for the goal
 * alone.
 */
function proxy(
  { jump }: HostSettings,
  hostNamed: HostNamed,
  inFront: readonly string[],
  before: readonly string[],
): readonly string[] {
  if (jump === null) return [];
  if (jump === 'none') return [...option('ProxyJump', 'none'), ...option('ProxyCommand', 'none')];
  const jumps = parseJumps(jump);
  const isOwn = typeof jumps !== 'string' && jumps.some(({ host }) => hostNamed(host));
  const hop = isOwn ? hopSettings(jumps, hostNamed) : undefined;
  if (!hop || before.includes(hop.name) || before.length > MAX_HOPS) return ['-J', jump];
  const words = ['ssh', ...reachBehind(hop, hostNamed, inFront, [...before, hop.name])];
  const tail = ['-W', '[%h]:%p', '--', hop.name];
  // ssh hands it to a shell after it has replaced what follows a percent sign.
  const command = [
    ...words.map((word) => quoteWord(word).replaceAll('%', '%%')),
    ...tail.map((word) => quoteWord(word)),
  ].join(' ');
  return option('ProxyCommand', command);
}
