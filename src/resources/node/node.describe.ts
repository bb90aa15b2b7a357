import type { Describer } from '../../domain/described.ts';
import { describedLines, entry } from '../../parse/described-lines.ts';
import {
  conditionEntry,
  eventEntry,
  metadataEntries,
  NONE,
  pairs,
} from '../../parse/described-parts.ts';
import { isTrueAt, listAt, textAt } from '../../parse/json-fields.ts';

/** A v1 Node, after `describeNode` of kubectl's pkg/describe/describe.go; its pods are in its detail. */
export const nodeDescriber: Describer = {
  kinds: ['Node'],
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
      eventEntry(context),
    ]);
  },
};
