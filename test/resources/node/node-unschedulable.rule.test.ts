import { expect, test } from 'vitest';
import { nodeUnschedulable } from '../../../src/resources/node/node-unschedulable.rule.ts';
import { told } from './told-of-node.ts';

test.for([
  [false, []],
  [true, ['node:k/worker1 cordoned: no new pod is placed on it']],
] as const)('a node whose unschedulable is %s', ([unschedulable, expected]) => {
  expect(told(nodeUnschedulable, { unschedulable })).toEqual(expected);
  expect(nodeUnschedulable.severity).toBe('info');
});
