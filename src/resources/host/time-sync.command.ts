import type { Argv, HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { TimePeer, TimeSync } from '../../domain/system.ts';
import type { Line } from '../../parse/lines.ts';
import { splitLines, splitWords, wholeLines } from '../../parse/lines.ts';
import { parseWhole } from '../../parse/numbers.ts';

const CHRONY: Argv = ['chronyc', '-c', '-n', 'tracking'];
const NTP: Argv = ['ntpq', '-pn'];

/** What keeps the clock right, asked of the daemon that SMF runs. No privilege is needed. */
export const timeSync: HostCommand<'timeSync'> = {
  id: 'time-sync',
  feed: 'timeSync',
  pace: 'inventory',
  timeoutSeconds: 20,
  follows: (known) => daemonOf(known)?.[0] ?? null,
  question: (known) => {
    const argv = daemonOf(known);
    return argv && [argv];
  },
  unasked: 'neither chrony nor ntp is online',
  parse: parseTimeSync,
  hides: 'whether the clock is synchronised, and with what',
};

function daemonOf({ feeds }: HostInventory): Argv | undefined {
  if (feeds.services.status === 'pending') return undefined;
  const services = lastKnown(feeds.services)?.value.services;
  // Without svcs nothing tells which one runs; chrony is what a new installation has.
  if (!services) return CHRONY;
  const isOnline = (name: RegExp): boolean =>
    services.some(({ fmri, state }) => state === 'online' && name.test(fmri));
  if (isOnline(/^svc:\/network\/chrony:/)) return CHRONY;
  return isOnline(/^svc:\/network\/ntp:/) ? NTP : undefined;
}

/** The one line of chronyc, or the table of ntpq. */
export function parseTimeSync(stdout: string): Parsed<TimeSync> {
  const complaints: Complaint[] = [];
  const lines = [...wholeLines(splitLines(stdout), complaints)];
  const [first] = lines;
  const read =
    first && lines.length === 1 && first.text.split(',').length >= 14
      ? readTracking(first)
      : readPeers(lines);
  return { value: read.value, complaints: [...read.complaints, ...complaints] };
}

const NOTHING: TimeSync = {
  daemon: 'ntp',
  source: null,
  stratum: null,
  offsetSeconds: null,
  leap: null,
  peers: [],
};

/**
 * chronyc(1) -c tracking: reference id, its name or address, stratum, reference time, correction of the system clock in
 * seconds (slow is positive), and nine more, of which the last is the leap status.
 */
function readTracking({ number, text }: Line): Parsed<TimeSync> {
  const cells = text.split(',').map((cell) => cell.trim());
  const correction = readNumber(cells[4]);
  const stratum = parseWhole(cells[2] ?? '');
  const leap = cells.at(-1) ?? '';
  const isFollowing = cells[0] !== '00000000' && leap !== 'Not synchronised';
  return {
    value: {
      ...NOTHING,
      daemon: 'chrony',
      source: isFollowing ? ((cells[1] || cells[0]) ?? null) : null,
      stratum: isFollowing ? stratum : null,
      offsetSeconds: correction === null ? null : 0 - correction,
      leap: leap === '' ? null : leap,
    },
    complaints:
      stratum === null || correction === null
        ? [complaint(number, text, 'expected the fields of chronyc -c tracking')]
        : [],
  };
}

const HEADER = /^\s*remote\s+refid\s+st\b/;
const RULER = /^=+$/;
/** A tally and an address or a name, and nothing else. */
const ADDRESS_ALONE = /^.[0-9A-Za-z.:%_-]+$/;

/**
 * ntpq(8) -p: behind two lines of titles a row for each peer: tally and remote, refid, stratum, type, when, poll, reach
 * (octal), delay, offset, jitter in milliseconds. A long address stands on a line of its own.
 */
function readPeers(lines: readonly Line[]): Parsed<TimeSync> {
  const complaints: Complaint[] = [];
  const peers: TimePeer[] = [];
  let broken: Line | null = null;
  for (const line of lines) {
    if (HEADER.test(line.text) || RULER.test(line.text.trim())) continue;
    const text: string = broken ? `${broken.text} ${line.text.trim()}` : line.text;
    const words = splitWords(text.slice(1));
    if (!broken && ADDRESS_ALONE.test(line.text)) {
      broken = line;
      continue;
    }
    const peer = toPeer(text.charAt(0), words);
    if (peer) peers.push(peer);
    else complaints.push(...(broken ? [noPeer(broken)] : []), noPeer(line));
    broken = null;
  }
  if (broken) complaints.push(noPeer(broken));
  const followed = peers.find(({ tally }) => tally === '*' || tally === 'o');
  return {
    value: {
      ...NOTHING,
      source: followed?.name ?? null,
      stratum: followed?.stratum ?? null,
      // ntpq: the peer's clock minus ours.
      offsetSeconds:
        followed?.offsetMs === null || followed === undefined ? null : -followed.offsetMs / 1000,
      peers,
    },
    complaints,
  };
}

const noPeer = ({ number, text }: Line): Complaint =>
  complaint(number, text, 'expected a row of ntpq -p');

/** What ntpq says of a peer before its name: discarded, followed, a candidate, … */
const TALLY = /^[ x.\-+#*o%~]$/;
/** `-`, or seconds, or with `m`, `h` or `d` longer times. */
const SPAN = String.raw`(?:-|[0-9]{1,6}[smhd]?)`;
const TAIL = new RegExp(
  String.raw`^([0-9]{1,2}) \S ${SPAN} ${SPAN} ([0-7]{1,3}) (\S+) (\S+) (\S+)$`,
);

function toPeer(tally: string, words: readonly string[]): TimePeer | null {
  const [name] = words;
  const match = TAIL.exec(words.slice(-8).join(' '));
  if (!match || name === undefined || words.length < 10 || !TALLY.test(tally)) return null;
  const [, stratum = '', reach = '', ...measured] = match;
  const [delayMs, offsetMs, jitterMs] = measured.map(readNumber);
  if (typeof delayMs !== 'number' || typeof offsetMs !== 'number' || typeof jitterMs !== 'number')
    return null;
  return {
    name,
    tally,
    stratum: parseWhole(stratum),
    reach: Number.parseInt(reach, 8),
    delayMs,
    offsetMs,
    jitterMs,
  };
}

const readNumber = (text: string | undefined): number | null =>
  text !== undefined && /^[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?$/.test(text) ? Number(text) : null;
