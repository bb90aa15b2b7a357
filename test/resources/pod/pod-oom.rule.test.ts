import { expect, test } from 'vitest';
import type { Pod } from '../../../src/domain/kube.ts';
import { podOom } from '../../../src/resources/pod/pod-oom.rule.ts';
import { makePod, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (change: Partial<Pod>) =>
  podOom.check(makePod('web', change), 'k', NOW, plainContext.limits);
const minute = 60_000;

test.for<[string, Partial<Pod>, boolean]>([
  ['never was', {}, false],
  ['was ten minutes ago', { oomKilledAt: NOW - 10 * minute, oomKilled: 'app' }, true],
  ['was just now', { oomKilledAt: NOW, oomKilled: 'app' }, true],
  ['was an hour ago', { oomKilledAt: NOW - 60 * minute, oomKilled: 'app' }, false],
])('a pod that %s', ([, change, isFound]) => {
  expect(check(change) !== null).toBe(isFound);
});

test('tells the container, when, and for how long that is told', () => {
  const at = NOW - 10 * minute;
  expect(check({ oomKilledAt: at, oomKilled: 'app', restarts: 3 })).toEqual({
    finding: {
      subject: 'pod:k/default/web',
      title: 'container app was out of memory',
      began: at,
      evidence: {
        container: 'app',
        ended: new Date(at).toISOString(),
        agoSeconds: 600,
        restarts: 3,
        status: 'Running',
        node: 'worker1',
        owner: null,
        from: 'GET /api/v1/pods',
      },
      hint: expect.stringContaining('kubectl -n default top pod web --containers') as string,
    },
    until: at + 60 * minute,
  });
});
