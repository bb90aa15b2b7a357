import type { HostCommand } from '../../domain/command.ts';
import { followsBoot } from '../../domain/follows-boot.ts';
import type { HostIdentity } from '../../domain/host.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Line } from '../../parse/lines.ts';
import { splitWords, wholeLines } from '../../parse/lines.ts';
import { mark, splitAtMarks } from '../../parse/marks.ts';

/**
 * What the host is and who the console is there: uname(1), os-release(5), id(1).
 * An old release has no /etc/os-release; then its section is empty, and only a kernel of OmniOS tells the release.
 */
export const hostIdentity: HostCommand<'identity'> = {
  id: 'host-identity',
  feed: 'identity',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 15,
  follows: followsBoot,
  question: () => [
    ['uname', '-a'],
    mark('os-release'),
    ['cat', '/etc/os-release'],
    mark('id'),
    ['id'],
  ],
  parse: parseHostIdentity,
  hides: 'release, kernel and user of the host',
};

/** Reads `uname -a`, then behind their marks /etc/os-release and `id`. */
export function parseHostIdentity(stdout: string): Parsed<HostIdentity> {
  const complaints: Complaint[] = [];
  let uname: Uname = { nodename: null, kernel: null };
  let release: string | null = null;
  let user: string | null = null;
  for (const { label, lines } of splitAtMarks(stdout)) {
    if (label === null) uname = readUname(lines, complaints);
    else if (label === 'os-release') release = readRelease(lines, complaints);
    else if (label === 'id') user = readUser(lines, complaints);
    else
      for (const { number, text } of lines)
        complaints.push(complaint(number, text, 'no question asked for this'));
  }
  return { value: { release: release ?? releaseOf(uname.kernel), ...uname, user }, complaints };
}

type Uname = Pick<HostIdentity, 'nodename' | 'kernel'>;

/** `SunOS host 5.11 omnios-r151058-516f7694c9 i86pc i386 i86pc` */
function readUname(lines: readonly Line[], complaints: Complaint[]): Uname {
  let found: Uname | undefined;
  for (const { number, text } of wholeLines(lines, complaints)) {
    const [system, nodename, release, kernel] = splitWords(text);
    if (!found && system === 'SunOS' && nodename && release && kernel) found = { nodename, kernel };
    else
      complaints.push(
        complaint(number, text, 'expected one line of uname -a that begins with SunOS'),
      );
  }
  if (!found) complaints.push(complaint(0, '', 'uname -a printed nothing that could be read'));
  return found ?? { nodename: null, kernel: null };
}

/** A release without /etc/os-release still names itself in its kernel: `omnios-r151030-d6ab85cba6`. */
const releaseOf = (kernel: string | null): string | null =>
  /^omnios-(r[0-9]{6}[a-z]*)-/.exec(kernel ?? '')?.[1] ?? null;

/** Shell assignments. `VERSION` is the release's short name (`r151058`); `PRETTY_NAME` the long one. */
function readRelease(lines: readonly Line[], complaints: Complaint[]): string | null {
  const values = new Map<string, string>();
  for (const { number, text } of lines) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text.trim());
    if (match) values.set(match[1] ?? '', unquote((match[2] ?? '').trim()));
    else if (!text.trim().startsWith('#'))
      complaints.push(complaint(number, text, 'expected NAME=value'));
  }
  return values.get('VERSION') || values.get('VERSION_ID') || values.get('PRETTY_NAME') || null;
}

function unquote(text: string): string {
  const quote = text.charAt(0);
  return text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)
    ? text.slice(1, -1)
    : text;
}

/** `uid=100(labmon) gid=1(other) groups=…`; a user without a name is shown by its number. */
function readUser(lines: readonly Line[], complaints: Complaint[]): string | null {
  let user: string | null = null;
  for (const { number, text } of wholeLines(lines, complaints)) {
    const match = /^uid=([0-9]{1,10})(?:\(([^()]+)\))?/.exec(text.trim());
    if (match && user === null) user = match[2] ?? match[1] ?? null;
    else complaints.push(complaint(number, text, 'expected one line of id that begins with uid='));
  }
  if (user === null) complaints.push(complaint(0, '', 'id printed nothing that could be read'));
  return user;
}
