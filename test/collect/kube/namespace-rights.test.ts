import { expect, test } from 'vitest';
import { canRead } from '../../../src/collect/kube/namespace-rights.ts';

const PODS = { group: '', resource: 'pods' };
const DEPLOYMENTS = { group: 'apps', resource: 'deployments' };
const rule = (
  verbs: readonly string[],
  apiGroups: readonly string[],
  resources: readonly string[],
  more: object = {},
) => ({ verbs, apiGroups, resources, ...more });

test.for([
  ['no rule', [], false],
  ['list and watch', [rule(['list', 'watch'], [''], ['pods'])], true],
  [
    'list in one rule, watch in another',
    [rule(['list'], [''], ['pods']), rule(['watch'], ['*'], ['*'])],
    true,
  ],
  ['everything', [rule(['*'], ['*'], ['*'])], true],
  ['list alone', [rule(['get', 'list'], [''], ['pods'])], false],
  ['another resource', [rule(['*'], [''], ['services'])], false],
  ['a subresource', [rule(['*'], [''], ['pods/log'])], false],
  ['another group', [rule(['*'], ['apps'], ['pods'])], false],
  ['some pods by their names', [rule(['*'], [''], ['pods'], { resourceNames: ['one'] })], false],
  [
    'what is no rule',
    [null, 7, { verbs: 'list' }, { verbs: [7], apiGroups: [''], resources: ['pods'] }],
    false,
  ],
] as const)('to read pods: %s', ([, rules, isAllowed]) => {
  expect(canRead(rules, PODS)).toBe(isAllowed);
});

test('the group is told from the core', () => {
  expect(canRead([rule(['*'], ['apps'], ['*'])], DEPLOYMENTS)).toBe(true);
  expect(canRead([rule(['*'], [''], ['*'])], DEPLOYMENTS)).toBe(false);
});

test('of what has no watch, only the right to list is needed', () => {
  const usage = { group: 'metrics.k8s.io', resource: 'pods', pollSeconds: 30 };
  expect(canRead([rule(['get', 'list'], ['metrics.k8s.io'], ['pods'])], usage)).toBe(true);
  expect(canRead([rule(['get', 'watch'], ['metrics.k8s.io'], ['pods'])], usage)).toBe(false);
});
