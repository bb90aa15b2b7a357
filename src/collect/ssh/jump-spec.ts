import { isIPv6 } from 'node:net';
import { bracketed } from '../../domain/address.ts';
import type { HostSettings } from '../../domain/settings.ts';

/** One jump host as ProxyJump writes it; null where it says nothing. */
export type Jump = {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
};

/**
 * ssh_config(5), ProxyJump: `[user@]host[:port]` or `ssh://[user@]host[:port]`, several with commas between
 * them, the first to be passed first. IPv6 addresses stand in brackets. A text says what is wrong.
 */
export function parseJumps(text: string): readonly Jump[] | string {
  const jumps: Jump[] = [];
  for (const part of text.split(',')) {
    const jump = parseJump(part.trim());
    if (jump === undefined) return `«${part.trim()}» is no jump host`;
    jumps.push(jump);
  }
  return jumps;
}

function parseJump(text: string): Jump | undefined {
  const isUri = text.startsWith('ssh://');
  const bare = isUri ? text.slice('ssh://'.length).replace(/\/$/, '') : text;
  const at = bare.lastIndexOf('@');
  const user = at < 0 ? null : isUri ? decoded(bare.slice(0, at)) : bare.slice(0, at);
  const place = bare.slice(at + 1);
  const [, bracketed, name, port] =
    /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(place) ?? [];
  // Without brackets, more than one colon can only be an address of IPv6 without a port.
  const host = bracketed ?? name ?? (isIPv6(place) ? place : '');
  if (host === '' || host.startsWith('-') || user === '' || Number(port ?? 1) > 65_535)
    return undefined;
  return { user, host, port: port === undefined ? null : Number(port) };
}

const NOTHING_SET: Omit<HostSettings, 'name'> = {
  address: null,
  port: null,
  user: null,
  jump: null,
  identityFiles: [],
  knownHostsFiles: [],
  agent: null,
  via: 'ssh2',
};

/**
 * How the last of several jump hosts is reached, as ssh does it: through the others, and the first by its own
 * configuration. `hostNamed` knows those that are hosts of labtop. Undefined for no jump host.
 */
export function hopSettings(
  jumps: readonly Jump[],
  hostNamed: (name: string) => HostSettings | undefined,
): HostSettings | undefined {
  const last = jumps.at(-1);
  if (last === undefined) return undefined;
  const rest = jumps.slice(0, -1).map((jump) => jumpText(jump));
  return {
    ...(hostNamed(last.host) ?? { ...NOTHING_SET, name: last.host }),
    ...(last.user === null ? {} : { user: last.user }),
    ...(last.port === null ? {} : { port: last.port }),
    ...(rest.length === 0 ? {} : { jump: rest.join(',') }),
  };
}

/** The same as a text. */
export const jumpText = ({ user, host, port }: Jump): string =>
  `${user === null ? '' : `${user}@`}${bracketed(host)}${port === null ? '' : `:${port}`}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
