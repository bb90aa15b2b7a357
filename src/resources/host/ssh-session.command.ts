import type { HostCommand } from '../../domain/command.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import type { Neighbour, SshSession } from '../../domain/ssh-session.ts';
import { splitLines, splitWords, wholeLines } from '../../parse/lines.ts';
import type { Line } from '../../parse/lines.ts';
import { toMacAddress } from '../../parse/mac-address.ts';
import { mark, readMarked } from '../../parse/marks.ts';

const ROUTES = 'routes';
const SESSION = 'session';

/**
 * Where the console's own session comes from, by what any user may ask: `SSH_CONNECTION` of the login, sshd(8), the
 * routing table and the neighbours, netstat(8) and arp(8). All of it is asked anew with each new connection.
 */
export const sshSession: HostCommand<'session'> = {
  id: 'ssh-session',
  feed: 'session',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 15,
  question: () => [
    ['arp', '-an'],
    mark(ROUTES),
    ['netstat', '-rn'],
    mark(SESSION),
    // A variable is known to the shell alone.
    ['eval', 'echo "$SSH_CONNECTION"'],
  ],
  parse: parseSshSession,
  hides: 'what the own session runs through, which actions are guarded by',
};

const V4 = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/;
const V6 = /^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*$/;

/** An IPv6 address without the name of its interface; null for what is no address. */
function toAddress(text: string): string | null {
  const [address = ''] = text.split('%');
  return V4.test(address) || (V6.test(address) && address.length > 1)
    ? address.toLowerCase()
    : null;
}

/** A row of a routing table. */
export type Route = {
  /** An address, a network with or without its prefix length, or `default`. */
  readonly to: string;
  readonly gateway: string;
  /** The gateway forwards (flag G); else it is the host's own address on that network. */
  readonly isByRouter: boolean;
};

/** Reads `arp -an`, then behind their marks `netstat -rn` and `SSH_CONNECTION`; null where the host does not tell the last. */
export function parseSshSession(stdout: string): Parsed<SshSession | null> {
  const marked = readMarked(stdout, [ROUTES, SESSION]);
  const complaints: Complaint[] = [...marked.complaints];
  const lines = (label: string | null): Iterable<Line> =>
    wholeLines(marked.linesOf(label) ?? [], complaints);
  const neighbours = new Map(
    readNeighbours(lines(null), complaints).flatMap(({ address, macAddress }) =>
      macAddress === null ? [] : [[address, macAddress]],
    ),
  );
  const routes = readRoutes(lines(ROUTES), complaints).filter(({ isByRouter }) => isByRouter);
  const ends = readEnds(lines(SESSION), complaints);
  if (!ends) return { value: null, complaints };
  const toNeighbour = (address: string | null): Neighbour | null =>
    address === null ? null : { address, macAddress: neighbours.get(address) ?? null };
  const [client, server] = ends;
  return {
    value: {
      client: { address: client, macAddress: neighbours.get(client) ?? null },
      server,
      router: toNeighbour(routerTo(client, routes)),
      defaultRouter: toNeighbour(only(defaultsFor(client, routes))),
    },
    complaints,
  };
}

/** `net0   10.0.20.1            255.255.255.255 SP       02:08:20:88:38:18`: device, address, mask, flags, MAC. */
const NEIGHBOUR =
  /^\S+ +([0-9]{1,3}(?:\.[0-9]{1,3}){3}) +[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?: +[A-Za-z]+)?(?: +([0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5,}))? *$/;

/** Titles and rulers of both tables. */
const TITLE =
  /^ *(?:Net to Media Table: IPv[46]|Routing Table: IPv[46]|Device +IP Address .*|Destination(?:\/Mask)? +Gateway .*|[- ]*-[- ]*)$/;

/** Reads the output of `arp -an`, arp(8); a neighbour that has not answered yet has no MAC address. */
export const parseNeighbours = (stdout: string): Parsed<readonly Neighbour[]> =>
  ofLines(stdout, readNeighbours);

/** Reads the output of `netstat -rn`, netstat(8). */
export const parseRoutes = (stdout: string): Parsed<readonly Route[]> =>
  ofLines(stdout, readRoutes);

function ofLines<Row>(
  stdout: string,
  read: (lines: Iterable<Line>, complaints: Complaint[]) => readonly Row[],
): Parsed<readonly Row[]> {
  const complaints: Complaint[] = [];
  const value = read(wholeLines(splitLines(stdout), complaints), complaints);
  return { value, complaints };
}

function readNeighbours(lines: Iterable<Line>, complaints: Complaint[]): readonly Neighbour[] {
  const found: Neighbour[] = [];
  for (const { number, text } of lines) {
    if (text.trim() === '' || TITLE.test(text)) continue;
    const [, address, mac] = NEIGHBOUR.exec(text) ?? [];
    if (address === undefined) complaints.push(complaint(number, text, 'not a line of arp -an'));
    else found.push({ address, macAddress: toMacAddress(mac ?? null) });
  }
  return found;
}

/** `default  192.168.1.1  UG  1  0 e1000g0`. */
function readRoutes(lines: Iterable<Line>, complaints: Complaint[]): readonly Route[] {
  const routes: Route[] = [];
  for (const { number, text } of lines) {
    if (text.trim() === '' || TITLE.test(text)) continue;
    const [to = '', gateway = '', flags = ''] = splitWords(text);
    const by = toAddress(gateway);
    const isKnown = to === 'default' || toAddress(to.split('/')[0] ?? '') !== null;
    if (!isKnown || by === null || !/^[A-Z]+$/.test(flags))
      complaints.push(complaint(number, text, 'not a line of netstat -rn'));
    else routes.push({ to, gateway: by, isByRouter: flags.includes('G') });
  }
  return routes;
}

/** `10.0.45.15 51022 10.0.20.2 22`: client, its port, server, its port. */
function readEnds(
  lines: Iterable<Line>,
  complaints: Complaint[],
): readonly [client: string, server: string] | null {
  let found: readonly [string, string] | null = null;
  for (const { number, text } of lines) {
    if (text.trim() === '') continue;
    const [client = '', port = '', server = '', ownPort = '', ...rest] = splitWords(text);
    const [from, to] = [toAddress(client), toAddress(server)];
    const arePorts = [port, ownPort].every((each) => /^[0-9]{1,5}$/.test(each));
    if (found !== null || from === null || to === null || !arePorts || rest.length > 0)
      complaints.push(complaint(number, text, 'not a value of SSH_CONNECTION'));
    else found = [from, to];
  }
  return found;
}

const isSameFamily = (a: string, b: string): boolean => a.includes(':') === b.includes(':');

const only = (values: readonly string[]): string | null =>
  new Set(values).size === 1 ? (values[0] ?? null) : null;

const defaultsFor = (client: string, routes: readonly Route[]): readonly string[] =>
  routes.flatMap(({ to, gateway }) =>
    to === 'default' && isSameFamily(gateway, client) ? [gateway] : [],
  );

const toBits = (address: string): number =>
  address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);

/**
 * Whether a route may be for an address. Of IPv4 networks netstat tells no masks: one may be as wide as its trailing zero
 * bits; of IPv6 nothing is concluded.
 */
function mayHold(to: string, address: string): boolean {
  if (to === 'default') return false;
  if (address.includes(':') || to.includes(':')) return address.includes(':') && to.includes(':');
  const [network, own] = [toBits(to), toBits(address)];
  let size = 1;
  while (size < 2 ** 32 && network % (size * 2) === 0) size *= 2;
  return Math.floor(own / size) === Math.floor(network / size);
}

/** All routes that may be for it have to agree. */
function routerTo(client: string, routes: readonly Route[]): string | null {
  const own = routes.filter(({ to }) => mayHold(to, client));
  const exact = own.filter(({ to }) => to === client);
  if (exact.length > 0) return only(exact.map(({ gateway }) => gateway));
  return only([...own.map(({ gateway }) => gateway), ...defaultsFor(client, routes)]);
}
