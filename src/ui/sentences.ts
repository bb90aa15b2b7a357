import type { Summary } from '../derive/summary.ts';
import type { CollectError } from '../domain/feed.ts';
import type { Inventory } from '../domain/inventory.ts';
import { ownPathOf, wayText } from '../domain/own-path.ts';
import type { Problem, Severity } from '../domain/problem.ts';
import { refPhrase } from '../domain/ref.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Asked } from './questions.ts';

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
  const folded = consequences > 0 ? `, ${amount(consequences, 'symptom')} folded` : '';
  return `${WORDS[severity]}, ${spokenDuration(now - since)}: ${refPhrase(subject)}: ${title}${folded}${confirmed ? '' : ', not confirmed now'}.`;
}

/** What a host wants from a person, as sentences. */
export function askedSentences({ hosts, question }: Asked): readonly string[] {
  const who = hosts.join(', ');
  switch (question.kind) {
    case 'host-key':
      return [
        `${who} shows a host key that no known_hosts file has. Nothing was sent to it.`,
        `Address ${question.place}. Key type ${question.keyType}. Fingerprint ${question.fingerprint}.`,
        ...(question.authority
          ? [
              'The host is verified by a certificate authority; its plain key alone proves nothing of that.',
            ]
          : []),
        `Yes adds it to ${question.file} as ${question.knownHostsName}.`,
      ];
    case 'passphrase':
      return [
        ...(question.wrong ? ['That passphrase does not open the key.'] : []),
        `${who} needs the passphrase of ${question.path}${question.fingerprint === null ? '' : `, key ${question.fingerprint}`}.`,
      ];
    case 'prompts':
      return [
        `${who} asks at the login to ${question.place}.`,
        ...[question.name, ...question.instructions.split('\n')].filter(
          (line) => line.trim() !== '',
        ),
      ];
  }
}

/** A host key that is not the known one, as sentences. */
export const blockedSentences = (
  host: string,
  { message, hint, command }: CollectError,
): readonly string[] => [
  `${host} is blocked: ${message}.`,
  ...(hint === '' ? [] : [`Next: ${hint}.`]),
  ...(command === undefined ? [] : [`The command that takes the old line out: ${command}`]),
];

/** What the user's own session runs through, as sentences; none where nothing is known of it. */
export const ownPathSentences = (inventory: Inventory): readonly string[] =>
  ownPathOf(inventory).ways.map(
    (way) => `Your own session runs through: ${wayText(way, inventory).replaceAll(' > ', ', ')}.`,
  );

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
