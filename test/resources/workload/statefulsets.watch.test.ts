import { expect, test } from 'vitest';
import { statefulsetsWatch } from '../../../src/resources/workload/statefulsets.watch.ts';

const metadata = { name: 'db', namespace: 'shop', generation: 2 };
const project = (spec: object, status: object) =>
  statefulsetsWatch.project({ metadata, spec, status: { observedGeneration: 2, ...status } });

test('keeps what is shown of a stateful set', () => {
  expect(
    project(
      { replicas: 3 },
      {
        replicas: 3,
        readyReplicas: 2,
        availableReplicas: 1,
        updatedReplicas: 3,
        currentRevision: 'db-1',
        updateRevision: 'db-1',
      },
    ),
  ).toMatchObject({
    kind: 'StatefulSet',
    desired: 3,
    ready: 2,
    available: 1,
    upToDate: 3,
    isRolling: false,
  });
});

const changing = { updatedReplicas: 1, currentRevision: 'db-1', updateRevision: 'db-2' };
test.for([
  ['pods of the new revision are missing', { replicas: 3 }, true],
  [
    'the partition wants more of them',
    { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
    true,
  ],
] as const)('it rolls out while %s', ([, spec, isRolling]) => {
  expect(project(spec, changing)?.isRolling).toBe(isRolling);
});

test.for([
  [
    'the partition keeps the others',
    { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } },
  ],
  ['somebody else has to delete them', { replicas: 3, updateStrategy: { type: 'OnDelete' } }],
] as const)('it does not when %s', ([, spec]) => {
  expect(project(spec, changing)?.isRolling).toBe(false);
});
