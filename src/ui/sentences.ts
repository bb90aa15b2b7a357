import type { Summary } from '../derive/summary.ts';
import type { Problem, Severity } from '../domain/problem.ts';
import type { EpochMs } from '../domain/time.ts';

const WORDS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Information',
};
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

const amount = (value: number, word: string): string => `${value} ${word}${value === 1 ? '' : 's'}`;

/** A span of time in words, in its two largest units: `7 minutes 42 seconds`. */
export function spokenDuration(ms: number): string {
  let left = Math.max(0, ms);
  const parts: string[] = [];
  for (const [word, span] of UNITS) {
    const value = Math.floor(left / span);
    left -= value * span;
    if (value > 0) parts.push(amount(value, word));
    if (parts.length === 2) break;
  }
  return parts.join(' ') || 'now';
}

/** One problem as a sentence, for a screen reader. */
export function problemSentence(problem: Problem, now: EpochMs): string {
  const { severity, subject, title, since, consequences, confirmed } = problem;
  const [kind = '', name = ''] = subject.split(/:(.*)/s);
  const folded = consequences > 0 ? `, ${amount(consequences, 'symptom')} folded` : '';
  return `${WORDS[severity]}, ${spokenDuration(now - since)}: ${kind} ${name.replaceAll('/', ' on ')}: ${title}${folded}${confirmed ? '' : ', not confirmed now'}.`;
}

/** What there is, in the order of the screen: problems first, then each pane. */
export function summarySentences(
  summary: Summary,
  problems: readonly Problem[],
  now: EpochMs,
): readonly string[] {
  const roots = problems.filter(({ cause }) => cause === null);
  const { hosts, zones, vms, blind } = summary;
  return [
    roots.length === 0
      ? blind.length === 0
        ? 'Nothing is wrong.'
        : 'No problem is known.'
      : `${amount(roots.length, 'problem')}.`,
    ...roots.map((problem) => problemSentence(problem, now)),
    ...(blind.length > 0 ? [`No data from ${blind.join(', ')}.`] : []),
    `${hosts.up} of ${amount(hosts.total, 'host')} up.`,
    `${zones.running} of ${amount(zones.total, 'zone')} running, ${zones.unknown} unknown, ${zones.down} down, ${zones.off} off on purpose.`,
    `${vms.running} of ${amount(vms.total, 'virtual machine')} running, ${vms.unknown} unknown, ${vms.down} down.`,
    ...summary.clusters.map(
      ({ name, nodes, pods }) =>
        `Cluster ${name}: ${nodes === null ? 'nodes unknown' : `${nodes.ready} of ${amount(nodes.total, 'node')} ready`}, ${pods === null ? 'pods unknown' : `${pods.running} of ${amount(pods.total, 'pod')} running, ${pods.failing} failing`}.`,
    ),
  ];
}
