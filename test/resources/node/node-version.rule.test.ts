import { expect, test } from 'vitest';
import { nodeVersion } from '../../../src/resources/node/node-version.rule.ts';
import { told } from './told-of-node.ts';

test.for<[string | null, string | null, boolean]>([
  ['v1.34.1', 'v1.34.3', false],
  ['v1.31.9', 'v1.34.1', false],
  ['v1.30.9', 'v1.34.1', true],
  ['v1.35.0', 'v1.34.1', true],
  ['v1.33.4+k3s1', 'v1.34.1+k3s1', false],
  [null, 'v1.34.1', false],
  ['v1.30.0', null, false],
  ['nonsense', 'v1.34.1', false],
])('a kubelet %s with a server %s', ([version, server, isFound]) => {
  expect(told(nodeVersion, { version }, server).length > 0).toBe(isFound);
});
