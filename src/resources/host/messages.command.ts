import type { HostCommand } from '../../domain/command.ts';
import type { Parsed } from '../../domain/parsed.ts';
import type { LogLine } from '../../domain/system.ts';
import { splitLines } from '../../parse/lines.ts';

const MESSAGES = '/var/adm/messages';
/** A screen of them, some kilobytes. */
const LINES = 60;

/** The end of the system's log. It is for all to read unless an administrator has closed it. */
export const messages: HostCommand<'messages'> = {
  id: 'messages',
  feed: 'messages',
  pace: 'slow',
  timeoutSeconds: 15,
  question: () => [['tail', `-${LINES}`, MESSAGES]],
  parse: parseMessages,
  hides: 'the log of the host, and by it whether a reboot was meant',
  absence: /cannot open .*no such file/i,
  grant: `chmod a+r ${MESSAGES}`,
};

/** `Nov 20 10:02:55 host prog[12]: [ID 702911 daemon.notice] text`, syslogd(8), the ID left out by some. */
const SYSLOGD =
  /^([A-Z][a-z]{2} [ 0-9]?[0-9] \d\d:\d\d:\d\d) \S+ (?:([^\s:[\]]+)(?:\[\d+\])?: )?(?:\[ID \d+ ([a-z0-9]+\.[a-z]+)\] )?(.*)$/;
/** The form of rsyslogd: an ISO date in place of the other. */
const RSYSLOGD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\S* \S+ (?:([^\s:[\]]+)(?:\[\d+\])?: )?()(.*)$/;

/** Free text: a line in another form is kept as it is. */
export function parseMessages(stdout: string): Parsed<readonly LogLine[]> {
  return { value: splitLines(stdout).map(({ text }) => readLine(text)), complaints: [] };
}

function readLine(text: string): LogLine {
  const match = SYSLOGD.exec(text) ?? RSYSLOGD.exec(text);
  if (!match) return { timeText: null, program: null, priority: null, text: text.trim() };
  const [, timeText = '', program, priority, rest = ''] = match;
  return { timeText, program: program ?? null, priority: priority || null, text: rest.trim() };
}
