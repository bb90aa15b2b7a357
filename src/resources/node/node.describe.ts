import type { DescribeContext, Describer } from '../../domain/described.ts';
import { shortDuration } from '../../domain/format.ts';
import { describedLines, entry } from '../../parse/described-lines.ts';
import type { Entry, TableRow } from '../../parse/described-lines.ts';
import {
  conditionEntry,
  eventEntry,
  metadataEntries,
  NONE,
  pairs,
} from '../../parse/described-parts.ts';
import { isTrueAt, listAt, textAt, timeAt, valueAt } from '../../parse/json-fields.ts';
import { amountsAt, amountText, podAmounts, sumOf } from '../../parse/pod-requests.ts';
import type { Amounts } from '../../parse/pod-requests.ts';

/** A v1 Node with the pods on it and what they take, after `describeNode` of kubectl's pkg/describe/describe.go. */
export const nodeDescriber: Describer = {
  kinds: ['Node'],
  wants: (node) => {
    const name = textAt(node, 'metadata', 'name');
    return name === null
      ? null
      : {
          path: '/api/v1/pods',
          fieldSelector: `spec.nodeName=${name},status.phase!=Succeeded,status.phase!=Failed`,
        };
  },
  describe: (node, context) => {
    const isCordoned = isTrueAt(node, 'spec', 'unschedulable');
    return describedLines([
      ...metadataEntries(node, context),
      entry(
        'Taints',
        listAt(node, 'spec', 'taints').map((taint) => {
          const value = textAt(taint, 'value');
          return `${textAt(taint, 'key') ?? ''}${value === null ? '' : `=${value}`}:${textAt(taint, 'effect') ?? ''}`;
        }),
      ),
      entry('Unschedulable', isCordoned ? 'true' : 'false', isCordoned ? 'warn' : 'plain'),
      ...conditionEntry(node, context.now),
      entry(
        'Addresses',
        listAt(node, 'status', 'addresses').map(
          (address) => `${textAt(address, 'type') ?? ''}  ${textAt(address, 'address') ?? ''}`,
        ),
      ),
      entry('Capacity', pairs(node, ['status', 'capacity'], '  ')),
      entry('Allocatable', pairs(node, ['status', 'allocatable'], '  ')),
      entry('System Info', pairs(node, ['status', 'nodeInfo'], '  ')),
      entry('PodCIDRs', listAt(node, 'spec', 'podCIDRs').map(String).join(', ') || NONE),
      ...podEntries(node, context),
      eventEntry(context),
    ]);
  },
};

const PODS = 'Non-terminated Pods';
/** In this order even where nobody asks for any; other resources only where the node has some. */
const ALWAYS = ['cpu', 'memory', 'ephemeral-storage'] as const;

/** The pods that hold a place on a node, and what all of them together take of what it offers. */
function podEntries(node: unknown, { others, now }: DescribeContext): readonly Entry[] {
  if (others === null) return [entry(PODS, '<could not be read>', 'warn')];
  const offered = allocatable(node);
  const pods = others
    .map((pod) => ({
      namespace: textAt(pod, 'metadata', 'namespace') ?? '',
      name: textAt(pod, 'metadata', 'name') ?? '',
      createdAt: timeAt(pod, 'metadata', 'creationTimestamp'),
      requests: podAmounts(pod, 'requests'),
      limits: podAmounts(pod, 'limits'),
    }))
    .toSorted((a, b) =>
      a.namespace === b.namespace ? order(a.name, b.name) : order(a.namespace, b.namespace),
    );
  const requests = sumOf(pods.map((pod) => pod.requests));
  const limits = sumOf(pods.map((pod) => pod.limits));
  const shared = (name: string, taken: Amounts): string => amountOf(name, taken, offered);
  const podRows = pods.map((pod): TableRow => ({
    cells: [
      pod.namespace,
      pod.name,
      shared('cpu', pod.requests),
      shared('cpu', pod.limits),
      shared('memory', pod.requests),
      shared('memory', pod.limits),
      pod.createdAt === null ? '' : shortDuration(now - pod.createdAt),
    ],
  }));
  const extended = [...offered.keys()].filter(
    (name) => name !== 'pods' && !ALWAYS.some((always) => always === name),
  );
  return [
    entry(`${PODS} (${pods.length})`, {
      rows: [
        {
          cells: [
            'Namespace',
            'Name',
            'CPU Requests',
            'CPU Limits',
            'Memory Requests',
            'Memory Limits',
            'Age',
          ],
          tone: 'muted',
        },
        ...podRows,
      ],
    }),
    // Limits may be more than there is, requests may not.
    entry('Allocated resources', {
      rows: [
        { cells: ['Resource', 'Requests', 'Limits'], tone: 'muted' },
        ...[...ALWAYS, ...extended].map((name): TableRow => {
          // Of what is no part of the machine kubectl tells no share.
          const isPlain = extended.includes(name) && !name.startsWith('hugepages-');
          const cell = (taken: Amounts): string =>
            isPlain ? amountText(taken.get(name) ?? ZERO) : shared(name, taken);
          return { cells: [name, cell(requests), cell(limits)] };
        }),
      ],
    }),
  ];
}

const ZERO = { value: 0, isBinary: false } as const;

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** What pods may have; all that there is where the node says nothing of that. */
const allocatable = (node: unknown): Amounts =>
  amountsAt(
    node,
    'status',
    valueAt(node, 'status', 'allocatable') === undefined ? 'capacity' : 'allocatable',
  );

/** `950m (23%)`; the share is cut to whole percents. */
function amountOf(name: string, taken: Amounts, offered: Amounts): string {
  const amount = taken.get(name) ?? ZERO;
  const all = offered.get(name)?.value ?? 0;
  const share = all === 0 ? 0 : Math.trunc((amount.value / all) * 100);
  return `${amountText(amount)} (${share}%)`;
}
