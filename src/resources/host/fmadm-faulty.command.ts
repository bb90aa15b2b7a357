import type { HostCommand } from '../../domain/command.ts';
import type { Fault } from '../../domain/fault.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { grantProgram } from './lab-monitor.ts';

/**
 * The open cases of the fault manager. fmd(8) answers only callers with PRIV_SYS_ADMIN, which a profile may give to
 * fmadm(8); without one pfexec(1) runs it as it is and fmd refuses. No fault: no output.
 */
export const fmadmFaulty: HostCommand<'faults'> = {
  id: 'fmadm-faulty',
  feed: 'faults',
  pace: 'slow',
  every: 2,
  timeoutSeconds: 20,
  follows: followsDiagnoses,
  question: () => [['pfexec', 'fmadm', 'faulty']],
  parse: parseFmadmFaulty,
  hides: 'faults that the fault manager has diagnosed: disks, memory, CPUs, power, panics',
  grant: grantProgram('/usr/sbin/fmadm', 'privs=sys_admin'),
};

/** What the fault manager has diagnosed it says in the log too, and a pool that is not well is one of its cases. */
function followsDiagnoses({ feeds }: HostInventory): string {
  const told = lastKnown(feeds.messages)?.value.findLast(({ text }) =>
    text.includes('SUNW-MSG-ID'),
  );
  const pools = lastKnown(feeds.pools)?.value ?? [];
  return [told?.timeText, told?.text, ...pools.map(({ name, health }) => `${name} ${health}`)].join(
    '\n',
  );
}

type Label =
  | 'classes'
  | 'affects'
  | 'fru'
  | 'description'
  | 'response'
  | 'impact'
  | 'action'
  | 'other';

const LABELS: Readonly<Record<string, Label>> = {
  'Fault class': 'classes',
  'Problem class': 'classes',
  Affects: 'affects',
  'Problem in': 'affects',
  FRU: 'fru',
  Description: 'description',
  Response: 'response',
  Impact: 'impact',
  Action: 'action',
};
/** Lines with a label end their own paragraph, whatever they are called. */
const LABELLED = /^([A-Z][A-Za-z0-9_. ]{0,24}?)\s*:(?:\s+(.*))?$/;
/** Oracle Solaris indents the labels of a suspect a little, lines that go on further. */
const INDENTED_LABEL = /^\s{1,8}(?=[A-Z][A-Za-z_ ]{0,24}?\s*:(?:\s|$))/;
/** What is said of the resource above, and how many more there are: no resource itself. */
const STATUS =
  /^(?:faulted|degraded|ok|unknown|faulty|not present|replaced|repair attempted|acquitted|removed|service degraded,|out of service,|\.\.\. [0-9]+ more)(?:\b|(?<=,))/;
/** Behind what is one of several that may be at fault: `max 50%`, `25%`. */
const CERTAINTY = /\s+(?:max\s+)?[0-9]+%$/;
const RULE = /^[- ]{20,}$/;
const HEADER = /^TIME\s+EVENT-ID/;
/** Oracle Solaris: above what tells of the machine and its chassis, in labels beneath. */
const PART = /^(?:System|Chassis)$/;
/** `%-15s %-37s %-14s %-9s`, of which the last may be followed by the word `injected`. */
const CASE =
  /^([A-Z][a-z]{2} +[0-9]{1,2} +[0-9:]{4,8})\s+([0-9a-f]{8}-[0-9a-f-]{20,})\s+(?:(\S+)\s+)?(\S+?)(?:\s+(injected))?\s*$/;

/** Of several cases that are the same but for their time: the further ones, and how many of them are left out. */
const FURTHER = /^([A-Z][a-z]{2} +[0-9]{1,2} +[0-9:]{4,8})\s+([0-9a-f]{8}-[0-9a-f-]{20,})\s*$/;
const LEFT_OUT = /^\.\.\. [0-9]+ more entries suppressed/;

type Draft = { readonly head: Omit<Fault, Exclude<Label, 'other'>> } & Record<
  Exclude<Label, 'other'>,
  string[]
>;

/**
 * fmadm(8), cmd/fm/fmadm/common/faulty.c: for each case three header lines and a row, then paragraphs with labels,
 * their continuation lines indented. With `-s` the header stands once and the rows alone. Cases that are the same but
 * for their time are one, the newest: times and ids of the others stand beneath its row.
 */
export function parseFmadmFaulty(stdout: string): Parsed<readonly Fault[]> {
  const complaints: Complaint[] = [];
  const drafts: Draft[] = [];
  let label: Label = 'other';
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const draft = drafts.at(-1);
    const row = CASE.exec(text);
    if (row) {
      drafts.push(newDraft(row));
      label = 'other';
    } else if (draft && (FURTHER.test(text) || LEFT_OUT.test(text))) label = 'other';
    else if (RULE.test(text) || HEADER.test(text) || (draft && PART.test(text.trimEnd())))
      label = 'other';
    else if (!draft) complaints.push(complaint(number, text, 'expected the row of a case'));
    else if (/^\s/.test(text) && !INDENTED_LABEL.test(text)) append(draft, label, text.trim());
    else {
      const match = LABELLED.exec(text.replace(INDENTED_LABEL, ''));
      if (!match) complaints.push(complaint(number, text, 'expected a label and a colon'));
      label = (match && LABELS[match[1] ?? '']) || 'other';
      append(draft, label, match?.[2]?.trim() ?? '');
    }
  }
  return { value: drafts.map(toFault), complaints };
}

const newDraft = ([
  ,
  timeText = '',
  id = '',
  messageId,
  severity = '',
]: RegExpExecArray): Draft => ({
  head: { id, messageId: messageId ?? null, severity, timeText },
  classes: [],
  affects: [],
  fru: [],
  description: [],
  response: [],
  impact: [],
  action: [],
});

function append(draft: Draft, label: Label, text: string): void {
  if (label !== 'other' && text !== '') draft[label].push(text);
}

function toFault(draft: Draft): Fault {
  const paragraph = (lines: readonly string[]): string | null =>
    lines.length === 0 ? null : lines.join(' ').replaceAll(/\s+/g, ' ');
  const resources = draft.affects.filter((line) => !STATUS.test(line));
  return {
    ...draft.head,
    classes: draft.classes.map((line) => line.replace(CERTAINTY, '')),
    affects: [...new Set(resources)],
    fru: paragraph(
      draft.fru.filter((line) => !STATUS.test(line)).map((line) => line.replace(CERTAINTY, '')),
    ),
    description: paragraph(draft.description),
    response: paragraph(draft.response),
    impact: paragraph(draft.impact),
    action: paragraph(draft.action),
  };
}
