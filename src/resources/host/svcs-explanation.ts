import type { Complaint } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { ServiceExplanation } from '../../domain/service.ts';
import { findCtime } from '../../parse/ctime.ts';
import type { Line } from '../../parse/lines.ts';
import { wholeLines } from '../../parse/lines.ts';

type Draft = { -readonly [K in keyof Omit<ServiceExplanation, 'see'>]: ServiceExplanation[K] } & {
  readonly see: string[];
};

const HEAD = /^((?:svc|lrc):\/\S+)(?:\s+\((.*)\))?\s*$/;
const LABEL = /^\s*(Zone|Alias|State|Reason|See|Impact)\s*:\s*(.*)$/;
/** What a service that is waited for does stands beneath its name when both are too long for one line. */
const REST = /^\s{8}(?!\s|(?:svc|lrc):\/)/;
/**
 * With -v: the services that are kept from running, one a line beneath the impact, and those that wait for each other,
 * the first behind a label.
 */
const DEPENDENT = /^\s+(?:Path:\s+)?(?:svc|lrc):\/\S*$/;

/**
 * What `svcs -x` prints of each service that is meant to run and does not, cmd/svc/svcs/explain.c: its name, then lines
 * with labels, of which Reason and See may come several times.
 */
export function readExplanations(
  lines: readonly Line[],
  complaints: Complaint[],
): readonly ServiceExplanation[] {
  const drafts: Draft[] = [];
  let last = '';
  let isKept = false;
  for (const { number, text } of wholeLines(lines, complaints)) {
    const head = HEAD.exec(text);
    const draft = drafts.at(-1);
    const [, label, value = ''] = LABEL.exec(text) ?? [];
    if (head) drafts.push(newDraft(head[1] ?? '', head[2]));
    else if (draft && label !== undefined) {
      isKept = draft.reason === null;
      put(draft, label, value.trim());
    } else if (draft && last === 'Reason' && REST.test(text)) {
      if (isKept) draft.reason = `${draft.reason ?? ''} ${text.trim()}`;
    } else if (!draft || !DEPENDENT.test(text))
      complaints.push(complaint(number, text, 'not a line of svcs -x'));
    last = label ?? '';
  }
  return drafts;
}

const newDraft = (fmri: string, description: string | undefined): Draft => ({
  fmri,
  description: description === undefined || description === '?' ? null : description,
  zone: null,
  state: null,
  since: null,
  reason: null,
  log: null,
  see: [],
  impact: null,
});

function put(draft: Draft, label: string, value: string): void {
  switch (label) {
    case 'Zone':
      draft.zone = value;
      return;
    case 'State':
      draft.state = value.split(/\s/)[0] ?? null;
      draft.since = findCtime(value);
      return;
    case 'Reason':
      draft.reason ??= value;
      return;
    case 'See':
      if (value.startsWith('/')) draft.log ??= value;
      else draft.see.push(value);
      return;
    case 'Impact':
      draft.impact = value.replace(/\s*\(Use -v for list\.\)$/, '');
      return;
    default:
  }
}
